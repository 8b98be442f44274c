import type { ExchangeFault, RequestFault } from './faults.ts';
import type { FeedFault, FrameFault, SocketFault } from './socket-faults.ts';

/** The verbs of each kind of fault, complete by type: what a script may ask for. */
const BY_TARGET = {
  exchange: {
    'eng.lagVisible': true,
    'eng.filterChange': true,
    'eng.symbolStatus': true,
    'eng.maintenance': true,
    'eng.expireOpen': true,
    'clock.skew': true,
    'feed.hole': true,
    'ext.sell': true,
    'ext.buy': true,
    'ext.cancel': true,
    'ext.transfer': true,
    'ext.deposit': true,
    'ext.lock': true,
    'ext.unlock': true,
  } satisfies Record<ExchangeFault['verb'], true>,
  request: {
    'net.dropReq': true,
    'net.dropRes': true,
    'net.delay': true,
    'dns.fail': true,
    'http.429': true,
    'http.418': true,
    'http.403html': true,
    'http.5xx': true,
    'http.truncBody': true,
    'http.emptyBody': true,
    'http.resetAfterExec': true,
    'eng.partial': true,
    'eng.reject': true,
    'eng.expire': true,
    'eng.slow': true,
  } satisfies Record<RequestFault['verb'], true>,
  socket: {
    'ws.silent': true,
    'ws.halfOpen': true,
    'ws.close': true,
    'ws.shutdown': true,
    'ws.refuse': true,
    'user.terminate': true,
  } satisfies Record<SocketFault['verb'], true>,
  frame: {
    'ws.dropFrame': true,
    'ws.dup': true,
    'ws.reorder': true,
    'ws.replayStale': true,
    'net.delay': true,
  } satisfies Record<FrameFault['verb'], true>,
  feed: {
    'feed.gap': true,
    'feed.dup': true,
    'feed.late': true,
    'feed.revise': true,
    'feed.zeroVol': true,
    'feed.spike': true,
  } satisfies Record<FeedFault['verb'], true>,
} as const;

/** What a fault is aimed at: the exchange as a whole, requests, connections, frames of events, or klines of a stream. */
export type FaultTarget = keyof typeof BY_TARGET;

/** The verbs of a target; empty where there is no such target. */
export function faultVerbs(target: string): readonly string[] {
  return Object.keys(BY_TARGET[target as FaultTarget] ?? {});
}

export const FAULT_TARGETS = Object.keys(BY_TARGET) as readonly FaultTarget[];

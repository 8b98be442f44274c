import type { HttpReply } from '../core/ports.ts';
import { FAULT_TARGETS, faultVerbs } from './fault-verbs.ts';
import type { ExchangeFault, RequestFaultRule } from './faults.ts';
import type { ExchangeSockets } from './exchange-sockets.ts';
import type { Exchange } from './local-exchange.ts';
import type { Lockstep } from './lockstep.ts';
import type { FeedFaultRule, FrameFaultRule, SocketFault, SocketKind } from './socket-faults.ts';

interface ControlSpec {
  readonly exchange: Exchange;
  readonly sockets: ExchangeSockets;
  readonly lockstep?: Lockstep;
  readonly speed?: number | null;
}

/** The body of `POST /local/faults`. */
type FaultRequest =
  | { readonly target: 'exchange'; readonly fault: ExchangeFault }
  | { readonly target: 'request'; readonly rule: RequestFaultRule }
  | { readonly target: 'socket'; readonly fault: SocketFault; readonly kind?: SocketKind }
  | { readonly target: 'frame'; readonly rule: FrameFaultRule }
  | { readonly target: 'feed'; readonly rule: FeedFaultRule };

/** What a real exchange does not have: its pace, faults on demand, a push of the price, and lockstep; below `/local/`. */
export class ServerControl {
  readonly #spec: ControlSpec;

  constructor(spec: ControlSpec) {
    this.#spec = spec;
  }

  answer(path: string, body: string): HttpReply {
    const { lockstep, exchange, speed = 1 } = this.#spec;
    try {
      switch (path) {
        case '/local/clock':
          return reply(200, { time: exchange.time(), speed });
        case '/local/faults':
          this.#inject(JSON.parse(body) as FaultRequest);
          return reply(200, {});
        case '/local/trade': {
          const { symbol, price, quantity } = JSON.parse(body) as Record<'symbol' | 'price' | 'quantity', string>;
          exchange.trade(symbol, price, quantity);
          return reply(200, {});
        }
        case '/local/lockstep/advance':
          return lockstep === undefined ? NO_LOCKSTEP : reply(200, lockstep.advance());
        case '/local/lockstep/sync':
          return lockstep === undefined ? NO_LOCKSTEP : reply(200, lockstep.sync());
        default:
          return reply(404, {
            error: `Expected /local/clock, /local/faults, /local/trade or /local/lockstep/…, got "${path}"`,
          });
      }
    } catch (error) {
      return reply(400, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  #inject(request: FaultRequest): void {
    const { exchange, sockets } = this.#spec;
    assertKnown(request);
    switch (request.target) {
      case 'exchange':
        exchange.inject(request.fault);
        return;
      case 'request':
        exchange.injectRequest(request.rule);
        return;
      case 'socket':
        sockets.inject(request.fault, request.kind);
        return;
      case 'frame':
        sockets.injectFrames(request.rule);
        return;
      case 'feed':
        sockets.injectFeed(request.rule);
    }
  }
}

/** @throws RangeError where target and verb do not belong together: such a fault would do nothing, unnoticed */
function assertKnown(request: FaultRequest): void {
  const { target, fault, rule } = request as { target?: string; fault?: Named; rule?: { fault?: Named } };
  const verbs = faultVerbs(target ?? '');
  if (verbs.length === 0) {
    throw new RangeError(`Expected a "target" of ${FAULT_TARGETS.join(', ')}, got "${target ?? ''}"`);
  }
  const { verb = '' } = (target === 'exchange' || target === 'socket' ? fault : rule?.fault) ?? {};
  if (verbs.includes(verb)) return;
  throw new RangeError(`Expected a verb of the target "${target ?? ''}", one of ${verbs.join(', ')}; got "${verb}"`);
}

interface Named {
  readonly verb?: string;
}

const NO_LOCKSTEP = reply(409, { error: 'This exchange runs by the clock, not in lockstep' });

function reply(status: number, body: unknown): HttpReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

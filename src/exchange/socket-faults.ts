/** Something that goes wrong with a connection or its frames. Times are ms. */
export type SocketFault =
  /** Open, with pings and answers to requests, but no event comes for this long; they are lost. */
  | { readonly verb: 'ws.silent'; readonly ms: number }
  /** The other side is gone without a word: nothing comes or arrives any more, and closing is not answered. */
  | { readonly verb: 'ws.halfOpen' }
  | { readonly verb: 'ws.close'; readonly code: number; readonly reason?: string }
  /** The exchange announces that it shuts down, and closes after this time. */
  | { readonly verb: 'ws.shutdown'; readonly noticeMs: number }
  /** New connections are refused for this long. */
  | { readonly verb: 'ws.refuse'; readonly ms: number }
  /** The subscriptions of user data end with `eventStreamTerminated`; the connection stays. */
  | { readonly verb: 'user.terminate' };

/** Something that goes wrong with one event frame. */
export type FrameFault =
  | { readonly verb: 'ws.dropFrame' }
  | { readonly verb: 'ws.dup' }
  /** The frame comes after the one that follows it. */
  | { readonly verb: 'ws.reorder' }
  /** Behind the frame comes one of the last `depth` frames once more. */
  | { readonly verb: 'ws.replayStale'; readonly depth: number }
  | { readonly verb: 'net.delay'; readonly ms: number };

/** Something wrong with the klines of a stream; REST and the market itself stay right. */
export type FeedFault =
  /** No event of the candle comes. */
  | { readonly verb: 'feed.gap' }
  /** The closing event comes twice. */
  | { readonly verb: 'feed.dup' }
  /** The closing event comes later. */
  | { readonly verb: 'feed.late'; readonly ms: number }
  /** The closing event comes with a close one part in `parts` off, and once more with the right one. */
  | { readonly verb: 'feed.revise'; readonly parts: number; readonly ms: number }
  /** The closing event says that nothing traded. */
  | { readonly verb: 'feed.zeroVol' }
  /** High and close of the closing event are `factor` times as high. */
  | { readonly verb: 'feed.spike'; readonly factor: number };

/** Which kind of connection: market streams, or the WebSocket API with its user data. */
export type SocketKind = 'market' | 'api';

interface Window {
  /** Exchange time, epoch ms: from here on, and before this. */
  readonly from?: number;
  readonly until?: number;
  /** Chance of each frame or candle that matches, 0 to 1. Default 1. */
  readonly chance?: number;
  /** How often at most. */
  readonly times?: number;
}

export interface FrameFaultRule extends Window {
  readonly fault: FrameFault;
  readonly kind?: SocketKind;
}

export interface FeedFaultRule extends Window {
  readonly fault: FeedFault;
  readonly symbol?: string;
  /** E.g. `1m`. */
  readonly interval?: string;
}

export interface TimedSocketFault {
  /** Exchange time, epoch ms. */
  readonly at: number;
  readonly fault: SocketFault;
  readonly kind?: SocketKind;
}

export interface SocketFaultPlan {
  readonly frames?: readonly FrameFaultRule[];
  readonly feed?: readonly FeedFaultRule[];
  readonly timed?: readonly TimedSocketFault[];
}

/** The rules of one list that still count, drawn by one random stream. */
export class FaultDraw<R extends Window> {
  readonly #random: () => number;
  readonly #rules: { readonly rule: R; left: number }[] = [];

  constructor(random: () => number, rules: readonly R[]) {
    this.#random = random;
    for (const rule of rules) this.add(rule);
  }

  add(rule: R): void {
    this.#rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
  }

  /** The first rule that matches and whose chance comes up now; it is then used once. */
  next(now: number, matches: (rule: R) => boolean): R | undefined {
    for (const entry of this.#rules) {
      const { rule, left } = entry;
      if (left < 1 || now < (rule.from ?? 0) || now >= (rule.until ?? Number.POSITIVE_INFINITY)) continue;
      if (!matches(rule)) continue;
      if (rule.chance !== undefined && this.#random() >= rule.chance) continue;
      entry.left--;
      return rule;
    }
    return undefined;
  }
}

import type { Timeframe } from '../core/timeframe.ts';
import type { OrderRecord } from '../core/trade.ts';
import type { PositionRecord } from '../execution/journal/journal.ts';
import type { EngineStatus } from './control-protocol.ts';
import type { LogEvent } from './log.ts';

/** Everything that a live view shows at one instant: plain values, read only. Money in the quote asset. */
export interface LiveStatus {
  /** Exchange time, epoch ms. */
  readonly time: number;
  /** The part that `valvulin status` prints too. */
  readonly engine: EngineStatus;
  /** Money at the start of the account. */
  readonly capital: number;
  /** Change of the equity since midnight UTC. */
  readonly dayProfit: number;
  readonly closedTrades: number;
  readonly wonTrades: number;
  readonly positions: readonly LivePosition[];
  readonly orders: readonly LiveOrder[];
  /** When the bars of each timeframe close next, epoch ms; the shortest timeframe first. */
  readonly clocks: readonly { readonly timeframe: Timeframe; readonly nextClose: number }[];
  readonly health: readonly HealthPart[];
  /** The newest last. */
  readonly events: readonly LogEvent[];
}

export interface LivePosition extends PositionRecord {
  /** `BTCUSDT:1h:ema-macd`. */
  readonly slot: string;
}

/** An order that has not ended. */
export interface LiveOrder
  extends Pick<OrderRecord, 'symbol' | 'strategy' | 'side' | 'type' | 'role' | 'quantity' | 'price' | 'filled'> {
  readonly state: 'working' | 'in_doubt' | 'sending';
}

/** Something that trading rests on. */
export interface HealthPart {
  /** `feed`, `venue`, `clock`, `journal`. */
  readonly name: string;
  readonly good: boolean;
  /** One phrase: what is wrong, or a figure such as `18 ms`. */
  readonly detail: string;
}

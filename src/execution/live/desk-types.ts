import type { Clock } from '../../core/ports.ts';
import type { Costs } from '../../core/costs.ts';
import type { Input } from '../../core/engine.ts';
import type { Market } from '../../core/instrument.ts';
import type { Outcome, SpotVenue, VenueReport } from '../venues/venue.ts';
import type { ClientId, Leg } from './client-id.ts';
import type { DesiredOrder } from './desired-orders.ts';

/** An order of ours at the exchange, from the moment its intent is written. Quantities are units. */
export class ExchangeOrder {
  readonly clientId: string;
  readonly leg: Leg;
  /** Number of the engine's order that its fills belong to. */
  readonly order: number;
  readonly slot: number;
  /** Client id of the pair it is one leg of, or null. */
  readonly list: string | null;
  /** What it protects, as `groupKey` has it; empty for entries and exits. */
  readonly group: string;
  /** Exchange time at which it was sent, epoch ms. */
  readonly sentAt: number;
  /** What was ordered; 0 where money was to be spent instead. */
  readonly quantity: number;
  state: 'sending' | 'in_doubt' | 'working' | 'canceling' | 'done' = 'sending';
  /** Filled according to the exchange's report, and what of it came as trades. */
  reported = 0;
  booked = 0;
  ended: Exclude<VenueReport['status'], 'working' | 'unknown'> | null = null;
  reason = '';

  constructor(
    clientId: string,
    leg: Leg,
    order: number,
    slot: number,
    list: string | null,
    group: string,
    at: number,
    quantity: number,
  ) {
    this.clientId = clientId;
    this.leg = leg;
    this.order = order;
    this.slot = slot;
    this.list = list;
    this.group = group;
    this.sentAt = at;
    this.quantity = quantity;
  }

  /** What it has still to fill. */
  get left(): number {
    return Math.max(0, this.quantity - Math.max(this.booked, this.reported));
  }

  /** Over, and every fill that the exchange speaks of is booked. */
  get settled(): boolean {
    return this.ended !== null && this.booked >= this.reported;
  }
}

/** What somebody should know of, and do something about. */
export interface Alert {
  readonly level: 'info' | 'warning' | 'critical';
  readonly code: string;
  readonly detail: string;
}

/** What a request places, written down before it is sent: all that a restart needs to know the order again. */
export interface OrderPlan {
  /** Client id of the order, or of the pair. */
  readonly clientId: string;
  readonly slot: number;
  readonly symbol: string;
  readonly group: string;
  /** The single orders that the request makes. */
  readonly legs: readonly { readonly clientId: string; readonly leg: Leg; readonly order: number }[];
  /** The request, for the record. */
  readonly request: unknown;
}

/** Writes intents down and only then sends what they stand for. */
export interface OrderGate {
  readonly venue: SpotVenue;
  /**
   * Makes the intent durable, then sends.
   * @throws where the intent could not be written: nothing was sent then
   */
  send<T>(plan: OrderPlan, send: () => Promise<Outcome<T>>): Promise<Outcome<T>>;
  /** A client id that was never used; its attempt counts from 1 for each order and leg. */
  nextId(order: number, leg: Leg): ClientId;
}

/** What the desks of all slots share. */
export interface DeskContext {
  readonly gate: OrderGate;
  readonly clock: Clock;
  readonly costs: Costs;
  readonly market: Market;
  readonly symbol: string;
  readonly slot: number;
  readonly cashDecimals: number;
  /** False before the account is recovered, and once nothing is to be sent any more. */
  readonly active: () => boolean;
  /** Hands an input to the engine. */
  readonly emit: (input: Input) => void;
  readonly alert: (alert: Alert) => void;
  /** Why an entry must not be sent at this moment; null where it may. */
  readonly holdBack: (entry: DesiredOrder) => string | null;
  /** Price that the slot's last decision was made at, units. */
  readonly decided: () => number;
  /** Asks for the trades of the symbol to be read again, since one is missing. */
  readonly fetchTrades: () => void;
  /** The exchange told its number of an order. */
  readonly identified: (report: VenueReport) => void;
  /** An order is over, and all its trades are booked. */
  readonly settled: (order: ExchangeOrder) => void;
  /** Starts to find out what became of an order whose request was not answered. */
  readonly resolve: (order: ExchangeOrder) => void;
}

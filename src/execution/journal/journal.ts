import type { TradingState } from '../../core/entry-gate.ts';
import type { OrderRecord, Trade } from '../../core/trade.ts';

/**
 * The book of record of one account: what came in, what was decided, what was sent and what became of it. Writing goes
 * through one holder of the account's lease; readers (`JournalReader`) may look at any time without slowing it.
 * A failed write is fatal: from then on every method that writes throws the same error, because a journal that may
 * have lost something must not be sent from.
 */
export interface Journal extends JournalReader {
  /** Starts a run, durably, and returns its number: 1 for the account's first. */
  beginRun(manifest: RunManifest): number;
  /** Ends a run, durably. A run without an end was cut off. */
  endRun(run: number, how: RunEnd, time: number): void;

  /**
   * Appends what the engine is about to be given: durable at the latest with the next `commit`, `attempt` or `flush`.
   * @param time epoch ms, engine time
   * @param payload JSON, written as given: a replay reads these bytes
   * @returns its sequence number, rising over all runs
   */
  input(run: number, time: number, kind: InputKind, payload: string): number;
  /**
   * Makes everything appended so far, the commands of this input and their order intents durable in one transaction.
   * The tokens it returns are the only thing a venue's send takes.
   * @param commands canonical JSON; at most one `commit` for an input
   * @throws ValvulinError `VLV_JOURNAL` also where a client id was used before, by any run
   */
  commit(seq: number, commands: string, intents: readonly NewIntent[]): readonly DurableIntent[];
  /** The same for what the executor sends by itself (a further attempt, a cancel in recovery): no command caused it. */
  attempt(run: number, intents: readonly NewIntent[]): readonly DurableIntent[];
  /** Appends what became known of an order; `false` where it was known already. Durable like an input. */
  fact(run: number, fact: OrderFact): boolean;

  /** A closed round trip. Durable like an input, as are orders, positions and equity: what readers show. */
  recordTrade(run: number, trade: Trade): void;
  /** An order of the engine as it stands now, in place of what was known of it. */
  recordOrder(run: number, order: OrderRecord): void;
  /** What a slot (`BTCUSDT:1h:ema-macd`) holds now; `null` where it holds nothing any more. */
  recordPosition(run: number, slot: string, time: number, position: PositionRecord | null): void;
  recordEquity(run: number, time: number, equity: number): void;
  /** Changes the trading state, durably before it returns: it survives restarts. */
  recordState(change: StateChange): void;

  /**
   * Makes everything appended so far durable. Called every little while, it also tells an engine that lost its account.
   * @throws ValvulinError `VLV_INSTANCE` where the lease is lost, even with nothing to write; `VLV_JOURNAL`
   */
  flush(): void;
  /** False once another engine has taken over the account; nothing can be committed then, and the engine must stop. */
  holdsLease(): boolean;
  /** The disk was full, and the room that was kept back is in use: exits only, until there is room and a restart. */
  lowSpace(): boolean;
  /** Flushes, and gives the account free. */
  close(): void;
}

/** Reads the same book. Iterators see what was written when they get there. */
export interface JournalReader {
  runs(): readonly JournalRun[];
  /** Inputs of a run with a sequence number of at least `from`, in order, each with the commands it caused. */
  inputs(run: number, from?: number): IterableIterator<JournalInput>;
  /** All intents, in the order in which they were made. */
  intents(): IterableIterator<JournalIntent>;
  /** Intents to place something whose client id has no `end` or `absent` yet: to be asked about after a restart. */
  unfinished(): readonly JournalIntent[];
  /** The intent that placed the order with this client id, or undefined. */
  intent(clientId: string): JournalIntent | undefined;
  /** All facts in the order in which they became known. */
  facts(): IterableIterator<JournalFact>;
  trades(run?: number): IterableIterator<JournalTrade>;
  /** Orders of the engine, of one run or of all, by number. */
  orders(run?: number): readonly JournalOrder[];
  /** What is held, by slot. */
  positions(): readonly JournalPosition[];
  equity(run?: number): IterableIterator<JournalEquity>;
  /** The trading state of the account, or of one symbol; `ACTIVE` where none was ever recorded. */
  state(scope?: string): StateChange;
  /** The latest state of every scope that ever had one, in order of their names. */
  states(): readonly StateChange[];
  /**
   * Checks every hash chain from its first row to its last.
   * @throws ValvulinError `VLV_JOURNAL_BROKEN` naming the table and sequence number of the first bad row
   */
  verify(): void;
  close(): void;
}

/** What comes first of the inputs of one instant: venue answers, the market, strategies' answers, timers, operator. */
export const INPUT_CLASSES = {
  fill: 0,
  end: 0,
  exit: 0,
  block: 0,
  slice: 1,
  close: 1,
  open: 1,
  answer: 2,
  operator: 4,
} as const;
/** The engine's inputs by their kind. */
export type InputKind = keyof typeof INPUT_CLASSES;

export interface RunManifest {
  /** Epoch ms. */
  readonly started: number;
  readonly mode: 'paper' | 'live';
  readonly venue: string;
  /** SHA-256 of the config, hex. */
  readonly configHash: string;
  readonly packageVersion: string;
  readonly nodeVersion: string;
  /** JSON: all a replay needs besides the inputs. No secrets. */
  readonly details: string;
}

/** How a run ended: by request, or because something could not go on. */
export type RunEnd = 'stopped' | 'failed';

export interface JournalRun extends RunManifest {
  readonly run: number;
  /** `null` while it runs, or after a crash. */
  readonly ended: number | null;
  readonly how: RunEnd | null;
}

export interface JournalInput {
  readonly seq: number;
  readonly run: number;
  readonly time: number;
  readonly kind: InputKind;
  readonly payload: string;
  /** The commands that were committed with it, or `null` where there were none. */
  readonly commands: string | null;
}

/** A request that is about to change something at the exchange. */
export interface NewIntent {
  readonly kind: 'place' | 'place_list' | 'cancel';
  /** The engine's order, or 0 where it is not one of its orders. */
  readonly orderId: number;
  /** Of the order or list. Never used twice, except to cancel. */
  readonly clientId: string;
  readonly symbol: string;
  /** Epoch ms, engine time. */
  readonly time: number;
  /** JSON of the request. */
  readonly payload: string;
}

export interface JournalIntent extends NewIntent {
  readonly seq: number;
  readonly run: number;
  /** The input whose commands asked for it, or 0. */
  readonly inputSeq: number;
}

declare const onDisk: unique symbol;
/** An intent that is on the disk; only a journal makes one, and sending takes nothing else. */
export type DurableIntent = JournalIntent & { readonly [onDisk]: true };

/** Amounts are decimal strings as the exchange wrote them; times are epoch ms. */
export type OrderFact = SentFact | AckFact | ExchangeFill | OrderEnd | InDoubtFact | AbsentFact;

export interface SentFact {
  readonly kind: 'sent';
  readonly clientId: string;
  readonly time: number;
}

export interface AckFact {
  readonly kind: 'ack';
  readonly clientId: string;
  readonly time: number;
  /** The exchange's number of the order. */
  readonly exchangeId: number;
}

/** One execution. Known already where the symbol has one with this trade id. */
export interface ExchangeFill {
  readonly kind: 'fill';
  /** `null`: an order that is none of ours. */
  readonly clientId: string | null;
  readonly time: number;
  readonly symbol: string;
  readonly tradeId: number;
  readonly exchangeId: number;
  readonly side: 'BUY' | 'SELL';
  readonly price: string;
  readonly quantity: string;
  readonly quoteQuantity: string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly maker: boolean;
}

/** The exchange said that nothing more will happen to the order. Fills that come later count all the same. */
export interface OrderEnd {
  readonly kind: 'end';
  readonly clientId: string;
  readonly time: number;
  readonly status: 'filled' | 'canceled' | 'expired' | 'rejected';
  readonly reason: string;
}

/** A request got no clear answer. */
export interface InDoubtFact {
  readonly kind: 'in_doubt';
  readonly clientId: string;
  readonly time: number;
  readonly request: 'place' | 'cancel';
  readonly reason: string;
}

/** The order never came to be, with the evidence: both queries were later than the last moment it could have. */
export interface AbsentFact {
  readonly kind: 'absent';
  readonly clientId: string;
  readonly time: number;
  /** Exchange time after which the request could no longer be executed, and when it was looked for in vain. */
  readonly deadline: number;
  readonly queries: readonly [number, number];
}

export type JournalFact = OrderFact & { readonly seq: number; readonly run: number };

export interface JournalTrade extends Trade {
  readonly run: number;
}

export interface JournalOrder extends OrderRecord {
  readonly run: number;
}

/** A position in ordinary numbers: money in the quote asset, quantity in the base asset. */
export interface PositionRecord {
  readonly symbol: string;
  readonly side: 'LONG' | 'SHORT';
  readonly quantity: number;
  /** Average of its entries. */
  readonly entryPrice: number;
  /** Of its first entry, epoch ms. */
  readonly entryTime: number;
  /** Last known price. */
  readonly price: number;
  /** Open profit at that price, before the fee of an exit. */
  readonly profit: number;
  /** Where it is protected now; `null` where it is not. */
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
}

export interface JournalPosition extends PositionRecord {
  readonly run: number;
  readonly slot: string;
  /** When it changed last, epoch ms. */
  readonly time: number;
}

export interface JournalEquity {
  readonly run: number;
  readonly time: number;
  readonly equity: number;
}

/** The scope of a trading state that holds for all symbols. */
export const ACCOUNT_SCOPE = 'account';

export interface StateChange {
  /** `account`, or one symbol. */
  readonly scope: string;
  readonly state: TradingState;
  /** Who asked for it: `operator`, `risk`, `recovery`. */
  readonly who: string;
  readonly why: string;
  readonly time: number;
}

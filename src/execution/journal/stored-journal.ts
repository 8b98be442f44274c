import type { OrderRecord, Trade } from '../../core/trade.ts';
import { ValvulinError } from '../../core/errors.ts';
import { leaseLost } from './failures.ts';
import { type ChainedTable, type ChainEnd, chainEnds, singleRow } from './chain.ts';
import {
  type DurableIntent,
  INPUT_CLASSES,
  type InputKind,
  type Journal,
  type NewIntent,
  type OrderFact,
  type PositionRecord,
  type RunEnd,
  type RunManifest,
  type StateChange,
} from './journal.ts';
import { StoredReader } from './stored-reader.ts';
import type { Change, JournalStore, LeaseOwner, Row, Value } from './store.ts';

/** Rows that are held back at most: a caller that never flushes must not fill the memory. */
const MOST_HELD_BACK = 4_096;

/** Writes a journal to wherever its rows are kept. */
export class StoredJournal extends StoredReader implements Journal {
  readonly #ends: Map<ChainedTable, ChainEnd>;
  #heldBack: Change[] = [];
  readonly #touched = new Set<ChainEnd>();
  /** Keys of facts that are held back. */
  readonly #newFacts = new Set<string>();
  #failure: Error | null = null;

  /** Takes the account over: whoever held it cannot write any more. `verify` is the caller's. */
  constructor(store: JournalStore, owner: LeaseOwner) {
    super(store);
    store.takeLease(owner);
    this.#ends = chainEnds(store);
  }

  beginRun(manifest: RunManifest): number {
    const run = this.#end('runs').key + 1;
    const { started, mode, venue, configHash, packageVersion, nodeVersion, details } = manifest;
    const firstInput = this.#end('inputs').key + 1;
    this.#append('runs', [run, started, mode, venue, configHash, packageVersion, nodeVersion, details, firstInput]);
    this.flush();
    return run;
  }

  endRun(run: number, how: RunEnd, time: number): void {
    if (run !== this.#end('runs').key || run === this.#end('run_ends').key) {
      throw misuse(`Expected the end of the running run, got the end of run "${run}"`);
    }
    this.#append('run_ends', [run, time, how]);
    this.flush();
  }

  input(run: number, time: number, kind: InputKind, payload: string): number {
    const seq = this.#end('inputs').key + 1;
    this.#append('inputs', [seq, run, time, INPUT_CLASSES[kind], kind, payload]);
    return seq;
  }

  commit(seq: number, commands: string, intents: readonly NewIntent[]): readonly DurableIntent[] {
    const run = this.#end('runs').key;
    if (seq <= this.#end('commands').key || seq > this.#end('inputs').key) {
      throw misuse(`Expected the commands of an input after "${this.#end('commands').key}", got input "${seq}"`);
    }
    this.#assertNew(intents);
    this.#append('commands', [seq, run, commands]);
    return this.#intend(run, seq, intents);
  }

  attempt(run: number, intents: readonly NewIntent[]): readonly DurableIntent[] {
    this.#assertNew(intents);
    return this.#intend(run, 0, intents);
  }

  fact(run: number, fact: OrderFact): boolean {
    const key = factKey(fact);
    if (this.#newFacts.has(key) || this.store.find('facts', key) !== undefined) return false;
    const seq = this.#end('facts').key + 1;
    this.#append('facts', [seq, run, key, fact.kind, fact.clientId, JSON.stringify(fact)]);
    if (this.#heldBack.length > 0) this.#newFacts.add(key);
    return true;
  }

  recordTrade(run: number, trade: Trade): void {
    this.#append('trades', [this.#end('trades').key + 1, run, JSON.stringify(trade)]);
  }

  recordOrder(run: number, order: OrderRecord): void {
    this.#hold({ table: 'orders', row: singleRow([`${run}:${order.id}`, run, JSON.stringify(order)]) });
  }

  recordPosition(run: number, slot: string, time: number, position: PositionRecord | null): void {
    const payload = position === null ? null : JSON.stringify(position);
    this.#hold({ table: 'positions', row: singleRow([slot, run, time, payload]) });
  }

  recordEquity(run: number, time: number, equity: number): void {
    this.#append('equity', [this.#end('equity').key + 1, run, time, equity]);
  }

  recordState({ scope, state, who, why, time }: StateChange): void {
    this.#append('states', [this.#end('states').key + 1, scope, state, who, why, time]);
    this.flush();
  }

  flush(): void {
    this.#assertSound();
    if (this.#heldBack.length > 0) {
      this.#write();
    } else if (!this.store.holdsLease()) {
      this.#failure = leaseLost();
      throw this.#failure;
    }
  }

  holdsLease(): boolean {
    return this.store.holdsLease();
  }

  lowSpace(): boolean {
    return this.store.lowSpace();
  }

  override close(): void {
    try {
      if (this.#failure === null && this.#heldBack.length > 0) this.#write();
    } finally {
      super.close();
    }
  }

  protected override beforeRead(): void {
    this.#assertSound();
    if (this.#heldBack.length > 0) this.#write();
  }

  #write(): void {
    for (const end of this.#touched) this.#heldBack.push({ table: 'chains', row: end.row() });
    try {
      this.store.write(this.#heldBack);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
    this.#heldBack = [];
    this.#touched.clear();
    this.#newFacts.clear();
  }

  #intend(run: number, inputSeq: number, intents: readonly NewIntent[]): readonly DurableIntent[] {
    const rows = intents.map(({ kind, orderId, clientId, symbol, time, payload }) => {
      const placed = kind === 'cancel' ? null : clientId;
      const seq = this.#end('intents').key + 1;
      this.#append('intents', [seq, run, inputSeq, kind, orderId, clientId, placed, symbol, time, payload]);
      return seq;
    });
    this.flush();
    return intents.map((intent, i) => ({ ...intent, seq: rows[i], run, inputSeq }) as DurableIntent);
  }

  /** Checked before anything of the batch is appended, so that a refusal leaves nothing behind. */
  #assertNew(intents: readonly NewIntent[]): void {
    const ids = new Set<string>();
    for (const { kind, clientId } of intents) {
      if (kind === 'cancel') continue;
      if (ids.has(clientId) || this.store.find('intents', clientId) !== undefined) {
        throw misuse(`Expected a new client id, got "${clientId}", which was used before`);
      }
      ids.add(clientId);
    }
  }

  #append(table: ChainedTable, values: readonly Value[]): void {
    this.#assertSound();
    const end = this.#end(table);
    const row: Row = end.append(values);
    this.#touched.add(end);
    this.#hold({ table, row });
  }

  #hold(change: Change): void {
    this.#assertSound();
    this.#heldBack.push(change);
    if (this.#heldBack.length >= MOST_HELD_BACK) this.flush();
  }

  #end(table: ChainedTable): ChainEnd {
    const end = this.#ends.get(table);
    if (end === undefined) throw new TypeError(`No chain "${table}"`);
    return end;
  }

  #assertSound(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}

/** Two facts with the same key are the same fact. */
function factKey(fact: OrderFact): string {
  switch (fact.kind) {
    case 'fill':
      return `fill:${fact.symbol}:${fact.tradeId}`;
    case 'end':
      return `end:${fact.clientId}:${fact.status}`;
    case 'in_doubt':
      return `in_doubt:${fact.clientId}:${fact.request}`;
    case 'sent':
    case 'ack':
    case 'absent':
      return `${fact.kind}:${fact.clientId}`;
  }
}

function misuse(message: string): ValvulinError {
  return new ValvulinError('VLV_JOURNAL', message);
}

import type { TradingState } from '../../core/entry-gate.ts';
import type { OrderRecord, Trade } from '../../core/trade.ts';
import { verifyChains } from './chain.ts';
import {
  ACCOUNT_SCOPE,
  type InputKind,
  type JournalEquity,
  type JournalFact,
  type JournalInput,
  type JournalIntent,
  type JournalOrder,
  type JournalPosition,
  type JournalReader,
  type JournalRun,
  type JournalTrade,
  type OrderFact,
  type PositionRecord,
  type RunEnd,
  type RunManifest,
  type StateChange,
} from './journal.ts';
import type { JournalStore, Row } from './store.ts';

/** Reads a journal from wherever its rows are kept. */
export class StoredReader implements JournalReader {
  protected readonly store: JournalStore;

  constructor(store: JournalStore) {
    this.store = store;
  }

  /** A writer makes what it holds back visible here. */
  protected beforeRead(): void {
    // A reader holds nothing back.
  }

  runs(): readonly JournalRun[] {
    this.beforeRead();
    const ends = new Map([...this.store.rows('run_ends')].map((row) => [row[0], row]));
    return [...this.store.rows('runs')].map((row) => {
      const end = ends.get(row[0]);
      return {
        run: row[0] as number,
        started: row[1] as number,
        mode: row[2] as RunManifest['mode'],
        venue: row[3] as string,
        configHash: row[4] as string,
        packageVersion: row[5] as string,
        nodeVersion: row[6] as string,
        details: row[7] as string,
        ended: end === undefined ? null : (end[1] as number),
        how: end === undefined ? null : (end[2] as RunEnd),
      };
    });
  }

  *inputs(run: number, from = 0): IterableIterator<JournalInput> {
    this.beforeRead();
    const start = [...this.store.rows('runs', run)].find((row) => row[0] === run);
    if (start === undefined) return;
    const first = Math.max(from, start[8] as number);
    const commands = this.store.rows('commands', first);
    let command = commands.next();
    for (const row of this.store.rows('inputs', first)) {
      if (row[1] !== run) return;
      const seq = row[0] as number;
      while (!command.done && (command.value[0] as number) < seq) command = commands.next();
      const caused = !command.done && command.value[0] === seq ? (command.value[2] as string) : null;
      yield {
        seq,
        run,
        time: row[2] as number,
        kind: row[4] as InputKind,
        payload: row[5] as string,
        commands: caused,
      };
    }
  }

  *intents(): IterableIterator<JournalIntent> {
    this.beforeRead();
    for (const row of this.store.rows('intents')) yield intentOf(row);
  }

  unfinished(): readonly JournalIntent[] {
    const finished = new Set<string | null>();
    for (const fact of this.facts()) {
      if (fact.kind === 'end' || fact.kind === 'absent') finished.add(fact.clientId);
    }
    return [...this.intents()].filter(({ kind, clientId }) => kind !== 'cancel' && !finished.has(clientId));
  }

  intent(clientId: string): JournalIntent | undefined {
    const row = this.store.find('intents', clientId);
    return row === undefined ? undefined : intentOf(row);
  }

  *facts(): IterableIterator<JournalFact> {
    this.beforeRead();
    for (const row of this.store.rows('facts')) {
      const fact = JSON.parse(row[5] as string) as OrderFact;
      yield { ...fact, seq: row[0] as number, run: row[1] as number };
    }
  }

  *trades(run?: number): IterableIterator<JournalTrade> {
    this.beforeRead();
    for (const row of this.store.rows('trades')) {
      if (run !== undefined && row[1] !== run) continue;
      yield { ...(JSON.parse(row[2] as string) as Trade), run: row[1] as number };
    }
  }

  orders(run?: number): readonly JournalOrder[] {
    this.beforeRead();
    const orders: JournalOrder[] = [];
    for (const row of this.store.rows('orders')) {
      if (run !== undefined && row[1] !== run) continue;
      orders.push({ ...(JSON.parse(row[2] as string) as OrderRecord), run: row[1] as number });
    }
    return orders.sort((a, b) => a.run - b.run || a.id - b.id);
  }

  positions(): readonly JournalPosition[] {
    this.beforeRead();
    const positions: JournalPosition[] = [];
    for (const [slot, run, time, payload] of this.store.rows('positions')) {
      if (payload === null) continue;
      const position = JSON.parse(payload as string) as PositionRecord;
      positions.push({ ...position, run: run as number, slot: slot as string, time: time as number });
    }
    return positions;
  }

  *equity(run?: number): IterableIterator<JournalEquity> {
    this.beforeRead();
    for (const row of this.store.rows('equity')) {
      if (run !== undefined && row[1] !== run) continue;
      yield { run: row[1] as number, time: row[2] as number, equity: row[3] as number };
    }
  }

  state(scope: string = ACCOUNT_SCOPE): StateChange {
    const found = this.states().find((change) => change.scope === scope);
    return found ?? { scope, state: 'ACTIVE', who: '', why: '', time: 0 };
  }

  states(): readonly StateChange[] {
    const latest = new Map<string, StateChange>();
    for (const row of this.store.rows('states')) {
      const scope = row[1] as string;
      latest.set(scope, {
        scope,
        state: row[2] as TradingState,
        who: row[3] as string,
        why: row[4] as string,
        time: row[5] as number,
      });
    }
    return [...latest.values()].sort((a, b) => (a.scope < b.scope ? -1 : 1));
  }

  verify(): void {
    this.beforeRead();
    this.store.snapshot(() => verifyChains(this.store));
  }

  close(): void {
    this.store.close();
  }
}

export function intentOf(row: Row): JournalIntent {
  return {
    seq: row[0] as number,
    run: row[1] as number,
    inputSeq: row[2] as number,
    kind: row[3] as JournalIntent['kind'],
    orderId: row[4] as number,
    clientId: row[5] as string,
    symbol: row[7] as string,
    time: row[8] as number,
    payload: row[9] as string,
  };
}

import type { TradingConfig } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import type { Journal, JournalInput, JournalOrder, JournalReader } from '../../execution/journal/journal.ts';
import { packageVersion } from '../version.ts';

/** What a replay of a run needs besides its inputs. */
export interface RunDetails {
  /** Number of the run before it whose books it goes on with; null where it began its own. */
  readonly continues: number | null;
  /** Quote money that its books began with. */
  readonly capital: number;
  readonly rules: readonly InstrumentRules[];
  /** The config as it ran, with the parameters it started with. */
  readonly config: TradingConfig;
}

/** Books that a start goes on with: runs that follow each other, the first one first. */
export interface EarlierRuns {
  readonly runs: readonly number[];
  readonly details: RunDetails;
}

export function runDetails(text: string): RunDetails {
  return JSON.parse(text) as RunDetails;
}

/** The runs that end with `last`, each going on with the one before, the first one first. */
export function chainOf(journal: JournalReader, last: number): number[] {
  const known = new Map(journal.runs().map(({ run, details }) => [run, runDetails(details)]));
  const chain: number[] = [];
  for (let run: number | null = last; run !== null; run = known.get(run)?.continues ?? null) chain.unshift(run);
  return chain;
}

/**
 * The books of the account's last run, if this start can go on with them: same config, same version. Null where there
 * is none, or where it left nothing open.
 * @throws ValvulinError `VLV_LIVE_REFUSED` where positions or orders are open under another config or version
 */
export function earlierRuns(journal: Journal, configHash: string, fresh: boolean): EarlierRuns | null {
  const last = journal.runs().at(-1);
  if (!last || fresh) return null;
  const details = runDetails(last.details);
  const sameVersion = last.packageVersion === packageVersion();
  if (last.configHash === configHash && sameVersion) return { runs: chainOf(journal, last.run), details };
  const open = journal.positions().map(({ slot }) => slot);
  if (open.length === 0 && journal.unfinished().length === 0) return null;
  const what = sameVersion ? 'config' : `version, ${last.packageVersion}`;
  throw new ValvulinError(
    'VLV_LIVE_REFUSED',
    `Expected the ${what} under which positions are open: ${open.join(', ') || 'orders are working'}`,
    {
      where: `run ${last.run} of the journal`,
      hint: 'Run it as it was and close them with "valvulin flatten"; then the new one starts from what they made.',
    },
  );
}

/** Equity with which the last run ended, quote money; null where there was none. */
export function lastEquity(journal: JournalReader): number | null {
  let equity: number | null = null;
  for (const point of journal.equity()) equity = point.equity;
  return equity;
}

/** All inputs of runs that follow each other. */
export function* inputsOf(journal: JournalReader, runs: readonly number[]): IterableIterator<JournalInput> {
  for (const run of runs) yield* journal.inputs(run);
}

/**
 * All orders as they stand now. A run that goes on with the books of another writes the orders that were working into
 * its own records; of those, only the latest counts.
 */
export function currentOrders(journal: JournalReader): readonly JournalOrder[] {
  const first = new Map<number, number>();
  for (const { run, details } of journal.runs()) {
    const { continues } = runDetails(details);
    first.set(run, continues === null ? run : (first.get(continues) ?? run));
  }
  const latest = new Map<string, JournalOrder>();
  for (const order of journal.orders()) latest.set(`${first.get(order.run) ?? order.run} ${order.id}`, order);
  return [...latest.values()];
}

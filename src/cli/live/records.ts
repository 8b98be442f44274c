import { snakeKeys } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import { isoTime } from '../text-table.ts';
import type { JournalReader } from '../../execution/journal/journal.ts';
import type { CommandContext } from '../command-context.ts';
import { type AccountFlags, accountPlace } from './account.ts';

export interface RecordFlags extends AccountFlags {
  readonly run?: string;
  readonly json?: boolean;
}

/** The account's journal, to be read while its engine goes on, and the run that was asked for. */
export interface OpenRecords {
  readonly account: string;
  readonly journal: JournalReader;
  /** Undefined: all. */
  readonly run: number | undefined;
}

/** Opens the journal for `use` and closes it again. @throws ValvulinError `VLV_USAGE`, `VLV_JOURNAL` */
export async function withRecords(
  flags: RecordFlags,
  context: CommandContext,
  use: (records: OpenRecords) => void | Promise<void>,
): Promise<void> {
  const run = runNumber(flags.run);
  const place = await accountPlace(flags, context);
  const { openJournalReader } = await import('../../execution/journal/open.ts');
  const journal = openJournalReader(place);
  try {
    const last = journal.runs().length;
    if (run !== undefined && run > last) {
      throw new ValvulinError('VLV_USAGE', `Expected a run of 1 to ${last}, got "${run}"`, { where: '--run' });
    }
    await use({ account: place.account, journal, run });
  } finally {
    journal.close();
  }
}

/** A record as JSON shows it: names in snake case, the times among them as text. */
export function jsonRecord(record: object, times: readonly string[]): unknown {
  const entries = Object.entries(record).map(([name, value]) => [
    name,
    times.includes(name) ? isoTime(value as number | null) : (value as unknown),
  ]);
  return snakeKeys(Object.fromEntries(entries));
}

/** As many decimals as the value needs, at most eight, and no exponent. */
export function amountText(value: number | null): string {
  return value === null ? '-' : value.toFixed(8).replace(/\.?0+$/, '');
}

function runNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ValvulinError('VLV_USAGE', `Expected the number of a run, got "${text}"`, { where: '--run' });
}

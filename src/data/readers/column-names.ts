import { ValvulinError } from '../../core/errors.ts';
import { CLOSE_TIME_SLOT, SLOTS } from './types.ts';

/**
 * Names by which a column is known, in ranks: a column of an earlier rank wins over one of a later rank, two of the same
 * rank are ambiguous. Compared in lower case without spaces and punctuation, so `Open time` is `opentime`.
 */
const NAMES: Readonly<Record<(typeof SLOTS)[number], readonly (readonly string[])[]>> = {
  time: [
    ['opentime', 'opentimestamp'],
    ['timestamp', 'time', 'ts', 'unix', 'unixtime', 'unixtimestamp', 'epoch', 't'],
    ['datetime', 'date', 'dt', 'opentimedt', 'opendatetime'],
    ['unnamed0', 'indexlevel0', ''],
  ],
  open: [['open', 'openprice', 'o']],
  high: [['high', 'highprice', 'h']],
  low: [['low', 'lowprice', 'l']],
  close: [['close', 'closeprice', 'c']],
  volume: [
    ['volume', 'vol', 'v'],
    ['basevolume', 'volumebase', 'baseassetvolume'],
  ],
  close_time: [
    ['closetime', 'closetimestamp'],
    ['closetimedt', 'closedatetime'],
  ],
};

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * Finds which column of a file holds what.
 * @param names the column names in file order
 * @returns for each slot (time, open, high, low, close, volume, close time) its column index; -1 where there is no close time
 * @throws ValvulinError `VLV_DATA_FORMAT` naming the column that is missing or that two columns could be
 */
export function resolveColumns(names: readonly string[], where: string): number[] {
  const plainNames = names.map(plain);
  const slots = SLOTS.map((slot, s) => {
    for (const rank of NAMES[slot]) {
      // An empty name is the time only in first place, where data frames write their index.
      const found = plainNames.flatMap((name, i) => (rank.includes(name) && (name !== '' || i === 0) ? [i] : []));
      if (found.length > 1)
        throw ambiguous(
          slot,
          found.map((i) => names[i]),
          where,
        );
      if (found.length === 1) return found[0];
    }
    if (s === CLOSE_TIME_SLOT) return -1;
    throw missing(slot, names, plainNames, where);
  });
  const [time] = slots;
  const date = plainNames.indexOf('date');
  if (plainNames[time] === 'time' && date >= 0) throw ambiguous('time', [names[date], names[time]], where);
  return slots;
}

function ambiguous(slot: string, found: readonly string[], where: string): ValvulinError {
  const quoted = found.map((name) => `"${name}"`).join(' and ');
  return new ValvulinError('VLV_DATA_FORMAT', `Expected one column for "${slot}", got ${quoted}`, {
    where,
    hint: 'Name the columns in file order with --columns and leave out the others with "-".',
  });
}

function missing(slot: string, names: readonly string[], plainNames: readonly string[], where: string): ValvulinError {
  const trades =
    plainNames.includes('price') && ['quantity', 'qty', 'amount', 'size'].some((n) => plainNames.includes(n));
  if (trades) {
    return new ValvulinError('VLV_DATA_FORMAT', `Expected bars, got single trades (columns "${names.join(', ')}")`, {
      where,
      hint: 'Trades are not read as bars; import bars of a timeframe.',
    });
  }
  return new ValvulinError('VLV_DATA_FORMAT', `Expected a column "${slot}", got "${names.join(', ')}"`, {
    where,
    hint: 'Name the columns in file order with --columns, for example --columns time,open,high,low,close,volume.',
  });
}

/**
 * The same for names given by the caller, which must cover the file exactly.
 * @throws ValvulinError `VLV_DATA_FORMAT`
 */
export function resolveGivenColumns(given: readonly string[], fields: number, where: string): number[] {
  if (given.length !== fields) {
    throw new ValvulinError('VLV_DATA_FORMAT', `Expected ${fields} column names, got "${given.join(',')}"`, {
      where,
      hint: `The file has ${fields} columns; write "-" for each one to leave out.`,
    });
  }
  return resolveColumns(
    given.map((name) => (name === '' || name === '-' ? 'left out' : name)),
    where,
  );
}

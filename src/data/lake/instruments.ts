import { readFileSync } from 'node:fs';
import { ValvulinError } from '../../core/errors.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import { writeAtomically } from '../writers/atomic-file.ts';

/** How the rules of one symbol stand in the file, each key with the type it must have. */
const FIELDS = {
  symbol: ['symbol', 'string'],
  base: ['base', 'string'],
  quote: ['quote', 'string'],
  price_tick: ['priceTick', 'number'],
  lot_step: ['lotStep', 'number'],
  min_notional: ['minNotional', 'number'],
  source: ['source', 'string'],
} as const;

/**
 * The rules in the file, by symbol; none where there is no file.
 * @throws ValvulinError `VLV_DATA_FILE`, `VLV_DATA_FORMAT`
 */
export function readInstruments(path: string): Readonly<Record<string, InstrumentRules>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ValvulinError('VLV_DATA_FILE', `Expected a readable file, got "${path}"`, { where: path, cause });
  }
  return Object.fromEntries(
    Object.entries<Readonly<Record<string, unknown>>>({ ...instrumentsIn(text, path) }).map(([symbol, entry]) => [
      symbol,
      rulesFrom(symbol, entry, path),
    ]),
  );
}

function instrumentsIn(text: string, path: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ValvulinError('VLV_DATA_FORMAT', 'Expected JSON, got text that does not parse', { where: path, cause });
  }
  const found = parsed as { readonly instruments?: unknown } | null;
  if (typeof found?.instruments === 'object' && found.instruments !== null) return found.instruments;
  throw new ValvulinError('VLV_DATA_FORMAT', `Expected an object with "instruments", got "${text.slice(0, 40)}"`, {
    where: path,
    hint: 'Delete the file; the next download writes it anew.',
  });
}

function rulesFrom(symbol: string, entry: Readonly<Record<string, unknown>>, path: string): InstrumentRules {
  const pairs = Object.entries(FIELDS).map(([key, [name, type]]) => {
    const value = entry[key];
    if (typeof value === type) return [name, value];
    throw new ValvulinError(
      'VLV_DATA_FORMAT',
      `Expected a ${type} for "${key}" of "${symbol}", got "${String(value)}"`,
      {
        where: path,
        hint: 'Delete the file; the next download writes it anew.',
      },
    );
  });
  return Object.fromEntries(pairs) as InstrumentRules;
}

/** Adds or replaces the rules of some symbols, in one step. @throws ValvulinError `VLV_DATA_FILE`, `VLV_DATA_FORMAT` */
export function writeInstruments(path: string, rules: readonly InstrumentRules[], beforeCommit: () => void): void {
  const all = { ...readInstruments(path), ...Object.fromEntries(rules.map((one) => [one.symbol, one])) };
  const sorted = Object.keys(all).sort();
  const instruments = Object.fromEntries(
    sorted.map((symbol) => [
      symbol,
      Object.fromEntries(Object.entries(FIELDS).map(([key, [name]]) => [key, all[symbol][name]])),
    ]),
  );
  writeAtomically(path, () => [`${JSON.stringify({ version: 1, instruments }, null, 2)}\n`], beforeCommit);
}

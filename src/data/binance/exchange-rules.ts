import type { InstrumentRules } from '../../core/instrument.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads an exchangeInfo answer. Filters of unknown types are ignored; a step of zero means that the rule is off, and the
 * asset's precision takes its place.
 * @throws Error where the answer is not an exchangeInfo
 */
export function exchangeRules(json: unknown): { weightLimit: number | undefined; rules: InstrumentRules[] } {
  const info = record(json);
  const limit = list(info.rateLimits).find(
    (entry) => entry.rateLimitType === 'REQUEST_WEIGHT' && entry.interval === 'MINUTE',
  );
  const perMinute = limit ? Number(limit.limit) / Number(limit.intervalNum ?? 1) : Number.NaN;
  return { weightLimit: perMinute > 0 ? perMinute : undefined, rules: list(info.symbols).map(rulesOf) };
}

function rulesOf(row: Json): InstrumentRules {
  const filters = new Map(list(row.filters).map((filter) => [filter.filterType, filter]));
  const step = (type: string, key: string, precision: unknown): number => {
    const value = Number(filters.get(type)?.[key]);
    return value > 0 ? value : Number(`1e-${Number(precision ?? 8)}`);
  };
  const notional = Number((filters.get('NOTIONAL') ?? filters.get('MIN_NOTIONAL'))?.minNotional ?? 0);
  return {
    symbol: text(row.symbol),
    base: text(row.baseAsset),
    quote: text(row.quoteAsset),
    priceTick: step('PRICE_FILTER', 'tickSize', row.quotePrecision),
    lotStep: step('LOT_SIZE', 'stepSize', row.baseAssetPrecision),
    minNotional: Number.isFinite(notional) ? notional : 0,
    source: 'exchange',
  };
}

function record(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`Expected an object in exchangeInfo, got "${JSON.stringify(value)}"`);
}

function list(value: unknown): Json[] {
  if (Array.isArray(value)) return value.map(record);
  throw new Error(`Expected a list in exchangeInfo, got "${JSON.stringify(value)}"`);
}

function text(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`Expected a name in exchangeInfo, got "${JSON.stringify(value)}"`);
}

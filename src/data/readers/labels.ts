import { basename, dirname } from 'node:path';
import type { Timeframe } from '../../core/timeframe.ts';

export interface Label {
  readonly symbol: string | undefined;
  readonly timeframe: Timeframe | undefined;
}

const EXTENSION = /\.(gz|zip|csv|tsv|txt|json|parquet|pq|feather|arrow|ipc)$/i;
/** `BTCUSDT_1h`, `BTCUSDT-5m-2024-11`, `BTC_USDT-1h`, `BTCUSDT_1h_anything`. */
const NAMED = /^([A-Z0-9]{2,}(?:[_-][A-Z0-9]{2,}){0,2}?)[_-]([1-9]\d{0,3})(mo|[smhdw])?(?:[_-].*)?$/i;
const BARE = /^[A-Z0-9]{2,20}(?:[_-][A-Z0-9]{2,}){0,2}$/;

/**
 * What the name of a file says about its bars. A file named after a date takes the symbol from its folder.
 * A trailing number without a unit (`BTC_1ST-5`) is no label that can be trusted, and only ends the symbol.
 */
export function labelFromPath(path: string): Label {
  let name = basename(path);
  while (EXTENSION.test(name)) name = name.replace(EXTENSION, '');
  if (/^\d{4}-\d{2}(-\d{2})?$/.test(name)) {
    const folder = basename(dirname(path));
    return { symbol: BARE.test(folder) ? symbolFromText(folder) : undefined, timeframe: undefined };
  }
  const match = NAMED.exec(name);
  if (match) {
    return {
      symbol: symbolFromText(match[1]),
      timeframe: match[3] ? timeframeFromText(match[2], match[3]) : undefined,
    };
  }
  return { symbol: BARE.test(name) ? symbolFromText(name) : undefined, timeframe: undefined };
}

/** Drops separators and the settlement asset that some tools repeat: `BTC_USDT_USDT` is `BTCUSDT`. */
function symbolFromText(text: string): string {
  const parts = text.toUpperCase().split(/[_-]/);
  if (parts.length === 3 && parts[1] === parts[2]) parts.pop();
  return parts.join('');
}

/** Capitals are accepted for all units but the minute, where `M` is a month. */
function timeframeFromText(count: string, unit: string): Timeframe {
  const exact = unit.toLowerCase() === 'mo' || unit === 'M' ? 'M' : unit.toLowerCase();
  return `${Number(count)}${exact as 's' | 'm' | 'h' | 'd' | 'w' | 'M'}`;
}

import { createHash } from 'node:crypto';
import { BAR_FIELDS, type Bars } from '../core/bars.ts';
import type { Trade } from '../core/trade.ts';

/** SHA-256 over every field of every trade, hex: the same trades give the same hash on every machine. */
export function tradesHash(trades: readonly Trade[]): string {
  const hash = createHash('sha256');
  for (const trade of trades) hash.update(`${JSON.stringify(Object.values(trade))}\n`);
  return hash.digest('hex');
}

/** SHA-256 over the columns of all bar series, in order, hex. */
export function dataHash(series: readonly Bars[]): string {
  const hash = createHash('sha256');
  for (const bars of series) {
    hash.update(`${bars.symbol}:${bars.timeframe}:${bars.length}\n`);
    for (const field of BAR_FIELDS) {
      const column = bars[field];
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.length * 8));
    }
  }
  return hash.digest('hex');
}

/** SHA-256 of a value as JSON, hex. */
export function jsonHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

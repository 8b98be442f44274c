import { readFileSync } from 'node:fs';
import { Bars } from '../../src/core/bars.ts';
import { Instrument } from '../../src/core/instrument.ts';
import { type Signals, signals } from '../../src/core/signal.ts';
import { sma } from '../../src/indicators/averages.ts';
import type { Series } from '../../src/indicators/series.ts';
import { sharedPath } from '../shared-data.ts';

/** The 2,148 daily bars of GOOG that the other engines were run on. */
export function googBars(): Bars {
  const path = sharedPath('data', 'GOOG.csv');
  if (!path) throw new Error('the shared reference data is not beside this checkout');
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  return Bars.fromRows(
    'GOOG',
    '1d',
    rows.map((row) => {
      const [time, open, high, low, close, volume] = row.split(',');
      return {
        time: Date.parse(`${time}T00:00:00Z`),
        open: Number(open),
        high: Number(high),
        low: Number(low),
        close: Number(close),
        volume: Number(volume),
      };
    }),
  );
}

/** GOOG's prices with room for four decimals (peers do not round stops), in the lot that a peer uses. */
export function googInstrument(lotStep: number): Instrument {
  return new Instrument({
    symbol: 'GOOG',
    base: 'GOOG',
    quote: 'USD',
    priceTick: 0.0001,
    lotStep,
    minNotional: 0,
    source: 'given',
  });
}

/** 1 where the faster series crosses above the slower one, -1 where it crosses below, strictly on both sides. */
export function crosses(bars: Bars, fast: Series, slow: Series): Signals {
  return signals(bars, (i) => {
    if (i === 0 || !(fast[i - 1] === fast[i - 1] && slow[i - 1] === slow[i - 1])) return 0;
    if (fast[i - 1] < slow[i - 1] && fast[i] > slow[i]) return 1;
    return fast[i - 1] > slow[i - 1] && fast[i] < slow[i] ? -1 : 0;
  });
}

export function smaCrosses(bars: Bars, fast = 10, slow = 30): Signals {
  return crosses(bars, sma(bars.close, fast), sma(bars.close, slow));
}

export function golden<T>(name: string): T {
  const path = sharedPath('goldens', `${name}.json`);
  if (!path) throw new Error('the shared reference data is not beside this checkout');
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

export const HAS_GOLDENS = sharedPath('goldens') !== undefined;

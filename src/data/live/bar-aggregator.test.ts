import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bars } from '../../core/bars.ts';
import { resample } from '../../core/resample.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { syntheticBars } from '../synthetic/index.ts';
import { BarAggregator } from './bar-aggregator.ts';

const [minutes] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1m', bars: 6_000, seed: 3 });
const [days] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1d', bars: 900, seed: 3 });

function aggregated(bars: Bars, timeframe: Timeframe): Bars {
  const aggregator = new BarAggregator(bars.timeframe, timeframe);
  const rows = Array.from({ length: bars.length }, (_, i) => bars.at(i)!).flatMap((bar) => aggregator.add(bar));
  return Bars.fromRows(bars.symbol, timeframe, rows);
}

it.each(['3m', '5m', '7m', '15m', '45m', '1h', '4h', '1d'] as const)('%s from minutes: the bits of resample', (to) => {
  expect(aggregated(minutes, to)).toEqual(resample(minutes, to));
});

it.each(['2d', '3d', '1w', '2w', '1M', '3M'] as const)('%s from days: the bits of resample', (timeframe) => {
  expect(aggregated(days, timeframe)).toEqual(resample(days, timeframe));
});

it('holes, a start inside a bar and an end inside one change nothing about that', () => {
  const timeframes = fc.constantFrom<Timeframe>('5m', '15m', '1h');
  const kept = fc.array(fc.boolean(), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(timeframes, kept, fc.nat(59), (timeframe, keep, offset) => {
      const rows = keep.flatMap((yes, i) => (yes ? [minutes.at(offset + i)!] : []));
      const holey = Bars.fromRows('BTCUSDT', '1m', rows);
      expect(aggregated(holey, timeframe)).toEqual(resample(holey, timeframe));
    }),
  );
});

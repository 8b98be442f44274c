import { describe, expect, test } from 'vitest';
import { DEFAULT_COSTS, DEFAULT_ORDERS, NO_LIMITS } from '../../src/core/settings.ts';
import { syntheticBars } from '../../src/data/index.ts';
import { resample } from '../../src/core/resample.ts';
import { builtInStrategies } from '../../src/strategies/index.ts';
import { byBacktest, type LiveCase, onPaper, RecordingLog, replayOnPaper } from './live-drivers.ts';

const bars = syntheticBars({ symbols: ['BTCUSDT', 'ETHUSDT'], timeframe: '15m', bars: 1_500, seed: 11 });
const orders = {
  ...DEFAULT_ORDERS,
  sizing: { kind: 'percent', percent: 20 },
  stop: { percent: 1.5 },
  targetRatio: 1.5,
} as const;
const common = { capital: 10_000, costs: DEFAULT_COSTS, risk: NO_LIMITS };
const signalStrategies = Object.keys(builtInStrategies).filter((name) => name !== 'PairsRotationStrategy');

describe('paper trades what a backtest of the same bars trades', () => {
  test.each(signalStrategies)('%s', async (name) => {
    const handler = `strategies:${name}`;
    const given: LiveCase = { ...common, slots: bars.map((series) => ({ handler, bars: series, orders })) };
    const [backtest, paper] = [await byBacktest(given), await onPaper(given, new RecordingLog())];
    expect(paper.trades).toEqual(backtest.trades);
    expect(paper.fills).toEqual(backtest.fills);
    expect(paper.orders).toEqual(backtest.orders);
    expect(paper.refusals).toEqual(backtest.refusals);
  });

  test('also with two timeframes, trailing stops, partial exits and limits of risk', async () => {
    const hours = bars.map((series) => resample(series, '1h'));
    const rich = {
      ...orders,
      trailingStop: { percent: 2 },
      breakEvenAtR: 1,
      timeStopBars: 60,
      partialExits: [{ atR: 1, fraction: 0.5 }],
    } as const;
    const given: LiveCase = {
      ...common,
      risk: { ...NO_LIMITS, maxOpenTrades: 2, maxDailyLossPct: 2, cooldownLosses: 3, cooldownBars: 20 },
      slots: [...bars, ...hours].flatMap((series) =>
        ['strategies:EMAMACDStrategy', 'strategies:BreakoutVolumeStrategy'].map((handler) => ({
          handler,
          bars: series,
          orders: rich,
        })),
      ),
    };
    const [backtest, paper] = [await byBacktest(given), await onPaper(given, new RecordingLog())];
    expect(backtest.trades.length).toBeGreaterThan(50);
    expect(paper.trades).toEqual(backtest.trades);
    expect(paper.orders).toEqual(backtest.orders);
    expect(paper.fills).toEqual(backtest.fills);
    expect(paper.refusals).toEqual(backtest.refusals);
  });
});

test('a replay of what paper wrote down brings about the same, byte for byte', async () => {
  const given: LiveCase = {
    ...common,
    slots: bars.map((series) => ({ handler: 'strategies:EMAMACDStrategy', bars: series, orders })),
  };
  const first = new RecordingLog();
  const shown = await onPaper(given, first);
  const again = await replayOnPaper(given, first.rows());
  expect(again.compared).toBe(first.rows().length);
  expect(again.shown).toEqual(shown);
  const forged = first
    .rows()
    .map((row) => (row.kind === 'fill' ? { ...row, payload: row.payload.replace('"fee":', '"fee":1') } : row));
  await expect(replayOnPaper(given, forged)).rejects.toMatchObject({ code: 'VLV_RECOVERY' });
});

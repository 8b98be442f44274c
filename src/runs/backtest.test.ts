import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkConfig } from '../core/config/index.ts';
import { runBacktest } from './backtest.ts';

const folder = mkdtempSync(join(tmpdir(), 'valvulin-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = {
  version: 1,
  data_feeds: [
    {
      name: 's',
      type: 'synthetic',
      symbols: ['BTCUSDT', 'ETHUSDT'],
      params: { seed: 5, timeframe: '15m', bars: 12_000 },
    },
  ],
  strategies: [
    { name: 'a', symbol: 'BTCUSDT', timeframe: '1h', handler: 'strategies:EMAMACDStrategy', allocation: 0.5 },
    { name: 'b', symbol: 'ETHUSDT', timeframe: '4h', handler: 'strategies:EMAMACDStrategy', allocation: 0.5 },
    { name: 'off', symbol: 'ETHUSDT', timeframe: '1h', handler: 'strategies:EMAMACDStrategy', enabled: false },
  ],
  risk: { default_stop: { atr: 2 } },
  backtester: { risk_per_trade_pct: 1, rr_ratio: 2 },
};

function config(changes: object = {}) {
  const checked = checkConfig({ ...base, ...changes });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.config;
}

describe('a backtest of a config', () => {
  test('runs the enabled strategies on one account', async () => {
    const report = await runBacktest(config(), { baseDir: folder });
    expect(report.runs.map((run) => `${run.symbol}:${run.timeframe}:${run.strategy}`)).toEqual([
      'BTCUSDT:1h:a',
      'ETHUSDT:4h:b',
    ]);
    expect(report.synthetic).toBe(true);
    expect(report.runs.every((run) => run.causality.passed && run.causality.cuts > 0)).toBe(true);
    const earned = report.runs.reduce((sum, run) => sum + run.result.finalEquity - 5_000, 0);
    expect(report.portfolio.finalEquity - 10_000).toBeCloseTo(earned, 6);
    expect(report.portfolio.trades.length).toBe(report.runs.reduce((sum, run) => sum + run.result.trades.length, 0));
    expect(report.portfolio.trades.length).toBeGreaterThan(20);
  });

  test('gives the same hash twice and another one for another parameter', async () => {
    const once = await runBacktest(config(), { baseDir: folder });
    const again = await runBacktest(config(), { baseDir: folder });
    expect(again.tradesHash).toBe(once.tradesHash);
    const [first, ...rest] = base.strategies;
    const changed = config({ strategies: [{ ...first, parameters: { ema_short: 5 } }, ...rest] });
    const other = await runBacktest(changed, { baseDir: folder });
    expect(other.tradesHash).not.toBe(once.tradesHash);
    expect(other.dataHash).toBe(once.dataHash);
    expect(other.configHash).not.toBe(once.configHash);
  });

  test('enables, disables and picks symbols', async () => {
    const options = { baseDir: folder, enable: ['ETHUSDT:1h:off'], disable: ['BTCUSDT:1h:a'], symbols: ['ETHUSDT'] };
    const report = await runBacktest(config(), options);
    expect(report.runs.map((run) => run.strategy)).toEqual(['b', 'off']);
    await expect(runBacktest(config(), { baseDir: folder, enable: ['ETHUSDT:1h:of'] })).rejects.toMatchObject({
      code: 'VLV_USAGE',
      hint: expect.stringContaining('ETHUSDT:1h:off'),
    });
  });

  test('trades only the asked period, with indicators warm at its start', async () => {
    const from = Date.UTC(2024, 2, 1);
    const to = Date.UTC(2024, 3, 1);
    const whole = await runBacktest(config(), { baseDir: folder, symbols: ['BTCUSDT'] });
    const part = await runBacktest(config(), { baseDir: folder, symbols: ['BTCUSDT'], from, to });
    const [run] = part.runs;
    expect(run.bars.time[0]).toBe(from);
    expect(run.bars.closeTime(run.bars.length - 1)).toBe(to);
    expect(run.indicators['ema_long'][0]).toBeCloseTo(
      whole.runs[0].indicators['ema_long'][whole.runs[0].bars.between(0, from).length],
      9,
    );
    await expect(runBacktest(config(), { baseDir: folder, from: Date.UTC(2030, 0, 1) })).rejects.toMatchObject({
      code: 'VLV_DATA_NONE',
    });
  });

  test('detail bars change how orders fill, not what was decided', async () => {
    const plain = await runBacktest(config(), { baseDir: folder });
    const fine = await runBacktest(config({ backtester: { ...base.backtester, detail_timeframe: '15m' } }), {
      baseDir: folder,
    });
    expect(fine.runs[0].bars.length).toBe(plain.runs[0].bars.length);
    expect(fine.tradesHash).not.toBe(plain.tradesHash);
    expect(fine.portfolio.trades[0].entryPrice).toBe(plain.portfolio.trades[0].entryPrice);
    const path = fine.portfolio.assumptions.find(({ name }) => name === 'Price path inside a bar');
    expect(path?.value).toBe('from finer bars');
  });

  test('loads a TypeScript strategy with an enum, without a build', async () => {
    mkdirSync(join(folder, 'strategies'), { recursive: true });
    writeFileSync(
      join(folder, 'strategies', 'mine.ts'),
      `import { BaseStrategy, signals } from '${join(import.meta.dirname, '..', 'strategies', 'index.ts')}';
enum Side { Long = 1, Out = -1 }
export class Mine extends BaseStrategy {
  constructor(params: object = {}, private readonly every = 10) { super(params); }
  override generateSignals(bars: any) {
    return signals(bars, (i) => (i % this.every === 0 ? (i % 20 === 0 ? Side.Long : Side.Out) : 0));
  }
}
`,
    );
    const entry = { name: 'mine', symbol: 'BTCUSDT', timeframe: '1h', handler: './strategies/mine.ts:Mine' };
    const report = await runBacktest(config({ strategies: [entry] }), { baseDir: folder });
    expect(report.portfolio.trades.length).toBeGreaterThan(50);
    const missing = config({ strategies: [{ ...entry, handler: './strategies/mine.ts:Mien' }] });
    await expect(runBacktest(missing, { baseDir: folder })).rejects.toMatchObject({
      code: 'VLV_STRATEGY_LOAD',
      hint: expect.stringContaining('Mine'),
    });
  });

  test('a peeking strategy makes the report say so', async () => {
    writeFileSync(
      join(folder, 'peek.mjs'),
      `export class Peek {
  params = {};
  get history() { return 10; }
  generateSignals(bars) { return this.run(bars); }
  run(bars) {
    const signal = Int8Array.from(bars.close, (c, i) => (i + 1 < bars.length && bars.close[i + 1] > c ? 1 : -1));
    return { signal, columns: {} };
  }
}
`,
    );
    const entry = { name: 'peek', symbol: 'BTCUSDT', timeframe: '1h', handler: './peek.mjs:Peek' };
    const report = await runBacktest(config({ strategies: [entry] }), { baseDir: folder });
    expect(report.runs[0].causality.passed).toBe(false);
    expect(report.runs[0].causality.violation).toMatchObject({ column: 'signal', withFuture: 1, withoutFuture: -1 });
  });
});

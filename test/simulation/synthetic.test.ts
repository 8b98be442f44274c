import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Bars } from '../../src/core/bars.ts';
import { Instrument } from '../../src/core/instrument.ts';
import { DEFAULT_COSTS, DEFAULT_FILLS, DEFAULT_ORDERS, NO_LIMITS } from '../../src/core/settings.ts';
import { syntheticRules } from '../../src/data/synthetic/index.ts';
import { runFastPath } from '../../src/execution/fast-path-run.ts';
import { builtInStrategies } from '../../src/strategies/index.ts';
import { byEngine, visible } from '../parity/drivers.ts';
import { MARKET, summaryOf, VARIANTS } from './synthetic-runs.ts';

describe('all built-in strategies on the synthetic market of seed 7', () => {
  test.each(Object.entries(VARIANTS))('%s', (_, variant) => {
    // Trades, final equity and the beginning of the trades' hash. A change here is a change of somebody's results.
    expect(summaryOf(variant)).toMatchSnapshot();
  });

  test.each(['Pacific/Kiritimati', 'America/St_Johns'])('another process in %s finds the same', (TZ) => {
    const script = join(import.meta.dirname, 'print-summary.ts');
    const printed = execFileSync(process.execPath, [script], { encoding: 'utf8', env: { ...process.env, TZ } });
    expect(JSON.parse(printed)).toEqual(summaryOf(VARIANTS['everything']));
  });
});

describe('the column loop equals the engine on strategies, with stops by the average true range', () => {
  const names = Object.keys(builtInStrategies).filter((name) => new builtInStrategies[name]().generateSignals);
  const settings = [
    { stop: { atr: 2, atrLength: 10 }, targetRatio: 2, allowShort: true },
    { stop: { atr: 3 }, stopRatio: 0.5, sizing: { kind: 'risk', percent: 1 } },
    { sizing: { kind: 'percent', percent: 20 }, allowShort: true },
  ] as const;

  test.each(names)('%s', (name) => {
    let trades = 0;
    for (const bars of MARKET) {
      for (const some of settings) {
        const orders = { ...DEFAULT_ORDERS, ...some };
        const instrument = Instrument.forData({ ...syntheticRules(bars.symbol), symbol: 'XYZ' }, bars);
        const common = {
          bars: new Bars('XYZ', bars.timeframe, bars),
          signals: new builtInStrategies[name]().run(bars),
          orders,
          costs: DEFAULT_COSTS,
          fills: DEFAULT_FILLS,
          risk: NO_LIMITS,
          capital: 1_000_000,
          instrument,
        };
        const fast = runFastPath({ ...common, strategy: 'signals' });
        if (!fast) continue;
        trades += fast.trades.length;
        expect(visible(fast)).toEqual(visible(byEngine(common)));
      }
    }
    expect(trades).toBeGreaterThan(50);
  });
});

import { Instrument } from '../../src/core/instrument.ts';
import {
  DEFAULT_COSTS,
  DEFAULT_FILLS,
  DEFAULT_ORDERS,
  type FillSettings,
  NO_LIMITS,
  type OrderSettings,
  type RiskSettings,
} from '../../src/core/settings.ts';
import { syntheticBars, syntheticRules } from '../../src/data/synthetic/index.ts';
import { type Decisions, runPortfolio } from '../../src/execution/portfolio.ts';
import type { BacktestResult } from '../../src/execution/types.ts';
import { tradesHash } from '../../src/runs/hashes.ts';
import { builtInStrategies } from '../../src/strategies/index.ts';

export const MARKET = syntheticBars({
  symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
  timeframe: '1h',
  bars: 3_000,
  seed: 7,
});

export interface Variant {
  readonly orders: Partial<OrderSettings>;
  readonly fills?: Partial<FillSettings>;
  readonly risk?: Partial<RiskSettings>;
}

export const VARIANTS: Readonly<Record<string, Variant>> = {
  plain: { orders: { sizing: { kind: 'percent', percent: 30 } } },
  protected: {
    orders: { sizing: { kind: 'risk', percent: 1 }, stop: { atr: 2 }, targetRatio: 2, allowShort: true },
    risk: { maxPosition: 0.5 },
  },
  everything: {
    orders: {
      sizing: { kind: 'volatility', percent: 20, length: 50 },
      stop: { atr: 2.5 },
      targetRatio: 3,
      trailingStop: { percent: 6 },
      breakEvenAtR: 1,
      timeStopBars: 72,
      partialExits: [{ atR: 1.5, fraction: 0.5 }],
      maxEntries: 2,
    },
    fills: { volumeCap: 0.1 },
    risk: { maxOpenTrades: 2, maxDailyLossPct: 3, slowdownDrawdownPct: 5, cooldownLosses: 3, cooldownBars: 12 },
  },
};

/** One built-in strategy on all three symbols and one account. */
export function runVariant(strategy: string, { orders, fills, risk }: Variant): BacktestResult {
  const shared = new builtInStrategies[strategy]();
  const decisionsFor = (bars: (typeof MARKET)[number]): Decisions =>
    shared.generateSignals
      ? { kind: 'signals', signals: new builtInStrategies[strategy]().run(bars) }
      : { kind: 'slices', strategy: shared };
  return runPortfolio({
    capital: 10_000,
    slots: MARKET.map((bars) => ({
      strategy,
      bars,
      decisions: decisionsFor(bars),
      orders: { ...DEFAULT_ORDERS, ...orders },
      allocation: null,
    })),
    costs: DEFAULT_COSTS,
    fills: { ...DEFAULT_FILLS, ...fills },
    risk: { ...NO_LIMITS, ...risk },
    instruments: new Map(MARKET.map((bars) => [bars.symbol, Instrument.forData(syntheticRules(bars.symbol), bars)])),
  }).portfolio;
}

/** Number of trades, final equity and the beginning of the trades' hash of every built-in strategy under a variant. */
export function summaryOf(variant: Variant): Record<string, readonly [number, number, string]> {
  return Object.fromEntries(
    Object.keys(builtInStrategies).map((name) => {
      const { trades, finalEquity } = runVariant(name, variant);
      return [name, [trades.length, finalEquity, tradesHash(trades).slice(0, 16)]];
    }),
  );
}

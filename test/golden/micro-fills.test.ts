import { describe, expect, test } from 'vitest';
import { Bars } from '../../src/core/bars.ts';
import { Instrument } from '../../src/core/instrument.ts';
import type { EntryType, TradeSignal } from '../../src/core/signal.ts';
import { Backtester } from '../../src/execution/backtester.ts';
import { golden, HAS_GOLDENS } from './goog.ts';

interface MicroOrder {
  readonly bar: number;
  readonly side: 'buy' | 'sell';
  readonly size: number;
  readonly type: 'market' | 'limit' | 'stop' | 'stoplimit';
  readonly price?: number;
  readonly limit?: number;
  readonly sl?: number;
  readonly tp?: number;
}

interface BacktestingPy {
  readonly closedTrades: readonly {
    size: number;
    entryBar: number;
    entryPrice: number;
    exitBar: number;
    exitPrice: number;
  }[];
  readonly openTrades: readonly { size: number; entryBar: number; entryPrice: number }[];
  readonly finalEquity: number;
}

interface Backtrader {
  readonly fills: readonly { bar: number; side: string; size: number; price: number }[];
  readonly finalEquity: number;
}

interface Scenario {
  readonly name: string;
  readonly desc: string;
  readonly bars: readonly (readonly [number, number, number, number])[];
  readonly orders: readonly MicroOrder[];
  readonly cash: number;
  readonly commission: number;
  readonly trade_on_close: boolean;
  readonly adopt: string;
  readonly expected: {
    readonly 'backtesting.py 0.6.6': BacktestingPy;
    readonly 'backtrader 1.9.78.123': Backtrader;
  };
}

const DAY = 86_400_000;

function run(scenario: Scenario) {
  const bars = Bars.fromRows(
    'X',
    '1d',
    scenario.bars.map(([open, high, low, close], i) => ({ time: i * DAY, open, high, low, close, volume: 1_000 })),
  );
  const types: Record<MicroOrder['type'], EntryType> = {
    market: 'market',
    limit: 'limit',
    stop: 'stop',
    stoplimit: 'stop_limit',
  };
  const signals = scenario.orders.map(
    (order): TradeSignal => ({
      symbol: 'X',
      timestamp: order.bar * DAY,
      side: order.side === 'buy' ? 'BUY' : 'SELL',
      quantity: order.size,
      type: types[order.type],
      price: order.price ?? null,
      limitPrice: order.limit ?? null,
      stopLoss: order.sl ?? null,
      takeProfit: order.tp ?? null,
    }),
  );
  const rate = scenario.commission * 100;
  return new Backtester(bars, {
    capital: scenario.cash,
    orders: { allowShort: true, maxEntries: 9 },
    costs: { takerPct: rate, makerPct: rate, slippageBps: 0 },
    fills: {
      limitFill: 'touch',
      entryBarStops: 'defer',
      atEnd: 'keep',
      fillAt: scenario.trade_on_close ? 'close' : 'open',
    },
    instrument: new Instrument({
      symbol: 'X',
      base: 'X',
      quote: 'USD',
      priceTick: 0.01,
      lotStep: 1,
      minNotional: 0,
      source: 'given',
    }),
  }).run(signals);
}

/** The rule that both peers break: what is due at the open comes before what the range reaches. */
const OWN_RULE: Readonly<Record<string, { closed: unknown[]; finalEquity: number }>> = {
  close_order_vs_sl_same_bar: { closed: [[2, 3, 101, 99, 10]], finalEquity: 9_980 },
};

const scenarios = HAS_GOLDENS ? golden<{ scenarios: readonly Scenario[] }>('micro_fills').scenarios : [];

describe.skipIf(!HAS_GOLDENS)('small scenarios whose fills are known', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (name, scenario) => {
    const result = run(scenario);
    const signed = (t: { side: string; quantity: number }): number => (t.side === 'LONG' ? t.quantity : -t.quantity);
    const closed = result.trades
      .filter((t) => !t.open)
      .map((t) => [t.entryBar, t.exitBar, t.entryPrice, t.exitPrice, signed(t)]);
    const own = OWN_RULE[name];
    if (own) {
      expect(closed).toEqual(own.closed);
      expect(result.finalEquity).toBeCloseTo(own.finalEquity, 9);
      return;
    }
    if (scenario.adopt.startsWith('backtrader')) {
      const peer = scenario.expected['backtrader 1.9.78.123'];
      expect(result.fills.map((f) => [f.time / DAY, f.side.toLowerCase(), f.quantity, f.price])).toEqual(
        peer.fills.map((f) => [f.bar, f.side, f.size, f.price]),
      );
      expect(result.finalEquity).toBeCloseTo(peer.finalEquity, 9);
      return;
    }
    const peer = scenario.expected['backtesting.py 0.6.6'];
    expect(closed).toEqual(peer.closedTrades.map((t) => [t.entryBar, t.exitBar, t.entryPrice, t.exitPrice, t.size]));
    const open = result.trades.filter((t) => t.open).map((t) => [t.entryBar, t.entryPrice, signed(t)]);
    expect(open).toEqual(peer.openTrades.map((t) => [t.entryBar, t.entryPrice, t.size]));
    expect(result.finalEquity).toBeCloseTo(peer.finalEquity, 9);
  });
});

import { describe, expect, test } from 'vitest';
import { Backtester } from '../../src/execution/backtester.ts';
import { golden, googBars, googInstrument, HAS_GOLDENS, smaCrosses } from './goog.ts';

interface PeerRun {
  readonly fills: readonly { bar: number; side: string; size: number; price: number; commission: number }[];
  readonly trades: readonly { entryBar: number; exitBar: number; pnlNet: number; commission: number }[];
  readonly finalValue: number;
  readonly equity: readonly number[];
}

describe.skipIf(!HAS_GOLDENS)('the same trades as backtrader 1.9.78', () => {
  test('btr_goog_sma_10_30_long: ten units, long only, next open', () => {
    const peer = golden<PeerRun>('btr_goog_sma_10_30_long');
    const bars = googBars();
    const result = new Backtester(bars, {
      capital: 100_000,
      orders: { sizing: { kind: 'fixed', quantity: 10 } },
      costs: { takerPct: 0.1, makerPct: 0.1, slippageBps: 0 },
      fills: { atEnd: 'keep' },
      instrument: googInstrument(1),
    }).run(smaCrosses(bars));
    expect(result.fills.map((f) => [f.side.toLowerCase(), f.quantity])).toEqual(
      peer.fills.map((f) => [f.side, Math.abs(f.size)]),
    );
    result.fills.forEach((fill, i) => expect(Math.abs(fill.price / peer.fills[i].price - 1)).toBeLessThan(1e-9));
    result.fills.forEach((fill, i) => expect(fill.fee).toBeCloseTo(peer.fills[i].commission, 8));
    const closed = result.trades.filter((trade) => !trade.open);
    expect(closed.map((t) => [t.entryBar, t.exitBar])).toEqual(peer.trades.map((t) => [t.entryBar, t.exitBar]));
    closed.forEach((trade, i) => expect(trade.profit).toBeCloseTo(peer.trades[i].pnlNet, 6));
    expect(result.finalEquity).toBeCloseTo(peer.finalValue, 6);
    peer.equity.forEach((equity, i) => expect(result.equityCurve[i]).toBeCloseTo(equity, 6));
  });
});

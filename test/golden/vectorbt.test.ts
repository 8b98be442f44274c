import { describe, expect, test } from 'vitest';
import { type Signals, signals } from '../../src/core/signal.ts';
import { Backtester } from '../../src/execution/backtester.ts';
import type { BacktestResult } from '../../src/execution/types.ts';
import { golden, googBars, googInstrument, HAS_GOLDENS } from './goog.ts';

interface PeerRun {
  readonly params: Readonly<Record<string, number | boolean>>;
  readonly entries: readonly number[];
  readonly exits: readonly number[];
  readonly value: readonly number[];
  readonly trades: readonly {
    readonly size: number;
    readonly entry_idx: number;
    readonly entry_price: number;
    readonly exit_idx: number;
    readonly exit_price: number;
    readonly pnl: number;
    readonly entry_fees: number;
    readonly exit_fees: number;
    readonly status: number;
  }[];
}

function peerSignals(peer: PeerRun, shift: number): Signals {
  const entries = new Set(peer.entries.map((bar) => bar - shift));
  const exits = new Set(peer.exits.map((bar) => bar - shift));
  return signals(googBars(), (i) => (entries.has(i) ? 1 : exits.has(i) ? -1 : 0));
}

function expectSame(result: BacktestResult, peer: PeerRun): void {
  const ours = result.trades.filter((trade) => !trade.open);
  const theirs = peer.trades.filter((trade) => trade.status === 1);
  expect(ours.map((t) => [t.entryBar, t.exitBar])).toEqual(theirs.map((t) => [t.entry_idx, t.exit_idx]));
  ours.forEach((trade, i) => {
    const want = theirs[i];
    expect(Math.abs(trade.entryPrice / want.entry_price - 1)).toBeLessThan(1e-9);
    expect(Math.abs(trade.exitPrice / want.exit_price - 1)).toBeLessThan(1e-9);
    expect(Math.abs(trade.quantity / want.size - 1)).toBeLessThan(1e-8);
    expect(Math.abs(trade.profit - want.pnl)).toBeLessThan(1e-6 * Math.max(1, Math.abs(want.pnl)));
  });
  expect(result.trades.length - ours.length).toBe(peer.trades.length - theirs.length);
  peer.value.forEach((value, i) => {
    expect(Math.abs(result.equityCurve[i] / value - 1), `value at bar ${i}`).toBeLessThan(1e-8);
  });
}

describe.skipIf(!HAS_GOLDENS)('the same trades as vectorbt 1.1.0', () => {
  const costs = { takerPct: 0.1, makerPct: 0.1, slippageBps: 0 };

  test('vbt_goog_sma_10_30_nextopen: all cash, fractional, next open, an open trade at the end', () => {
    const peer = golden<PeerRun>('vbt_goog_sma_10_30_nextopen');
    const backtester = new Backtester(googBars(), {
      costs,
      fills: { atEnd: 'keep' },
      instrument: googInstrument(1e-9),
    });
    expectSame(backtester.run(peerSignals(peer, 1)), peer);
  });

  test('vbt_goog_sma_10_30_sltp: filled at the close, stops and targets in percent', () => {
    const peer = golden<PeerRun>('vbt_goog_sma_10_30_sltp');
    const backtester = new Backtester(googBars(), {
      costs,
      fills: { fillAt: 'close', limitFill: 'touch', atEnd: 'keep' },
      orders: { stop: { percent: 5 }, targetRatio: 1.6 },
      instrument: googInstrument(1e-9),
    });
    expectSame(backtester.run(peerSignals(peer, 0)), peer);
  });
});

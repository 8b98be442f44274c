import { runFastPath } from '../../src/execution/fast-path-run.ts';
import { instrumentFor, runPortfolio } from '../../src/execution/portfolio.ts';
import type { BacktestResult } from '../../src/execution/types.ts';
import type { CoarseCase } from './coarse-market.ts';

export function byEngine(c: CoarseCase): BacktestResult {
  return engineOn({ runPortfolio }, c);
}

/** Runs a case on the given copy of the engine. */
export function engineOn(engine: { readonly runPortfolio: typeof runPortfolio }, c: CoarseCase): BacktestResult {
  return engine.runPortfolio({
    capital: c.capital,
    slots: [
      {
        strategy: 'signals',
        bars: c.bars,
        decisions: { kind: 'signals', signals: c.signals },
        orders: c.orders,
        allocation: null,
      },
    ],
    costs: c.costs,
    fills: c.fills,
    risk: c.risk,
    instruments: new Map([['XYZ', c.instrument]]),
  }).portfolio;
}

/** Undefined where the column loop leaves the case to the engine. */
export function byColumns(c: CoarseCase): BacktestResult | undefined {
  return runFastPath({ ...c, instrument: instrumentFor(c.bars, c.instrument), strategy: 'signals' });
}

/** Everything of a result that a caller can see, as plain values. */
export function visible(result: BacktestResult) {
  const { trades, orders, fills, refusals, initialCapital, finalEquity } = result;
  return {
    trades: [...trades],
    orders: [...orders],
    fills: [...fills],
    refusals: [...refusals],
    time: [...result.time],
    equity: [...result.equityCurve],
    drawdown: [...result.drawdownCurve],
    exposure: [...result.exposure],
    initialCapital,
    finalEquity,
  };
}

import { distanceColumns } from '../core/distances.ts';
import { type Instrument, Market } from '../core/instrument.ts';
import { cashDecimals } from '../core/money.ts';
import { describeAssumptions } from './assumptions.ts';
import { FastPath } from './fast-path.ts';
import { FastResult } from './fast-path-result.ts';
import { type FastPathSpec, fastPathObstacle } from './fast-path-spec.ts';
import type { BacktestResult } from './types.ts';

export interface FastRunRequest extends Omit<FastPathSpec, 'market' | 'distances' | 'cashDecimals'> {
  readonly instrument: Instrument;
}

/**
 * Runs a backtest on the column loop where it can serve it; undefined where only the engine can: for settings outside
 * its subset, and for runs in which an order is refused or the account is lost.
 */
export function runFastPath(request: FastRunRequest): BacktestResult | undefined {
  const decimals = cashDecimals(request.capital);
  const { instrument, ...rest } = request;
  const market = new Market(instrument, decimals);
  const spec = { ...rest, market, cashDecimals: decimals, distances: distanceColumns(rest.bars, rest.orders) };
  if (fastPathObstacle(spec) !== null) return undefined;
  const run = new FastPath(spec);
  if (!run.run()) return undefined;
  return new FastResult(spec, run, describeAssumptions(spec, [spec.orders], [instrument]));
}

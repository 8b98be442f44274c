import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  alphaBeta,
  annualReturn,
  annualVolatility,
  calmarRatio,
  computePerformanceMetrics,
  cumulativeReturns,
  downsideRisk,
  maxDrawdownOfReturns,
  omegaRatio,
  sharpeRatio,
  simpleReturns,
  sortinoRatio,
  tailRatio,
  totalReturn,
} from '../../src/analytics/index.ts';
import { sharedPath } from '../shared-data.ts';

const VECTORS = sharedPath('goldens', 'empyrical_vectors.json');
const VECTORBT = sharedPath('goldens', 'vbt_goog_sma_10_30_nextopen.json');
const GOOG = sharedPath('data', 'GOOG.csv');
const TOLERANCE = 1e-4;
const PERIODS: Record<string, number> = { daily: 252, weekly: 52, monthly: 12, yearly: 1 };

interface Case {
  readonly fn: string;
  readonly returns?: string;
  readonly prices?: string;
  readonly benchmark?: string;
  readonly period?: string;
  readonly risk_free?: string;
  readonly required_return?: string | number;
  readonly starting_value?: number;
  readonly expected: unknown;
}
type SeriesTable = Record<string, { values: (number | null)[] }>;
type Result = number | number[] | Float64Array;

/** Functions of the vectors that this product does not have. */
const NOT_OURS = new Set([
  'excess_sharpe', // an information ratio against a factor; alpha and beta are offered instead
  'stability_of_timeseries', // R squared of the log curve
  'capture',
  'up_capture',
  'down_capture',
]);

describe.skipIf(!VECTORS)('empyrical vectors (needs the shared reference data)', () => {
  const file = VECTORS ? JSON.parse(readFileSync(VECTORS, 'utf8')) : { series: {}, cases: [] };
  const table = file.series as SeriesTable;
  const cases = (file.cases as Case[]).filter(({ fn }) => !NOT_OURS.has(fn));

  /** A name of a series, maybe negated or without its first values: rows keep their dates, so those become NaN. */
  function column(name: string): Float64Array {
    const [, minus, base, from] = /^(-?)(\w+?)(?:\[(\d+):\])?$/.exec(name) ?? [];
    const values = table[base ?? '']?.values;
    if (!values) throw new Error(`no series "${name}"`);
    return Float64Array.from(values, (value, i) =>
      value === null || i < Number(from ?? 0) ? Number.NaN : minus ? -value : value,
    );
  }
  const rate = (value: string | number | undefined): number | Float64Array =>
    value === undefined || Number.isFinite(Number(value)) ? Number(value ?? 0) : column(String(value));

  function ours(c: Case): Result {
    const returns = column(c.returns ?? c.prices ?? '');
    const periods = PERIODS[c.period ?? 'daily'] ?? Number.NaN;
    const benchmark = (): Float64Array => column(c.benchmark ?? '');
    switch (c.fn) {
      case 'cum_returns':
        return cumulativeReturns(returns, c.starting_value);
      case 'cum_returns_final':
        return c.starting_value ? c.starting_value * (1 + totalReturn(returns)) : totalReturn(returns);
      case 'max_drawdown':
        return maxDrawdownOfReturns(returns);
      case 'annual_return':
      case 'cagr':
        return annualReturn(returns, periods);
      case 'annual_volatility':
        return annualVolatility(returns, periods);
      case 'calmar_ratio':
        return calmarRatio(returns, periods);
      case 'omega_ratio':
        return omegaRatio(returns, periods, Number(c.required_return ?? 0), rate(c.risk_free));
      case 'sharpe_ratio':
        return sharpeRatio(returns, periods, rate(c.risk_free));
      case 'downside_risk':
        return downsideRisk(returns, periods, rate(c.required_return));
      case 'sortino_ratio':
        return sortinoRatio(returns, periods, rate(c.required_return));
      case 'tail_ratio':
        return tailRatio(returns);
      case 'alpha':
        return alphaBeta(returns, benchmark(), periods).alpha;
      case 'beta':
        return alphaBeta(returns, benchmark(), periods).beta;
      case 'alpha_beta': {
        const { alpha, beta } = alphaBeta(returns, benchmark(), periods);
        return [alpha, beta];
      }
      case 'simple_returns':
        return simpleReturns(returns.subarray(1), returns[0] ?? Number.NaN);
      default:
        throw new Error(`no function "${c.fn}"`);
    }
  }

  test.each(cases.map((c) => [`${c.fn} ${c.returns ?? c.prices} ${JSON.stringify(c)}`, c] as const))('%s', (_, c) => {
    near(ours(c), c.expected as Result | null | string);
  });
});

function near(actual: Result, expected: Result | null | string): void {
  if (typeof actual !== 'number') {
    const list = expected as (number | null)[];
    expect(actual.length).toBe(list.length);
    list.forEach((value, i) => near(actual[i] ?? Number.NaN, value));
  } else if (expected === 'Infinity') expect(actual).toBe(Number.POSITIVE_INFINITY);
  else if (expected === null || Number.isNaN(expected)) expect(actual).toBeNaN();
  else
    expect(Math.abs(actual - Number(expected))).toBeLessThanOrEqual(
      TOLERANCE * Math.max(1, Math.abs(Number(expected))),
    );
}

describe.skipIf(!VECTORBT || !GOOG)('vectorbt on GOOG (needs the shared reference data)', () => {
  test('ratios of the same equity agree at its 365 days a year', () => {
    const golden = JSON.parse(readFileSync(VECTORBT ?? '', 'utf8'));
    const time = readFileSync(GOOG ?? '', 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Date.parse(`${line.split(',')[0]}T00:00:00Z`) + 86_400_000);
    const account = { time, equityCurve: golden.value as number[], initialCapital: 10_000 };
    const metrics = computePerformanceMetrics([], { ...account, periodsPerYear: 365 });
    const theirs = golden.returns_stats as Record<string, number>;
    expect(metrics.totalReturnPct).toBeCloseTo(theirs['Total Return [%]'] ?? 0, 8);
    expect(metrics.annualReturnPct).toBeCloseTo(theirs['Annualized Return [%]'] ?? 0, 8);
    expect(metrics.volatilityPct).toBeCloseTo(theirs['Annualized Volatility [%]'] ?? 0, 8);
    expect(metrics.maxDrawdownPct).toBeCloseTo(theirs['Max Drawdown [%]'] ?? 0, 8);
    expect(metrics.sharpe).toBeCloseTo(theirs['Sharpe Ratio'] ?? 0, 8);
    expect(metrics.sortino).toBeCloseTo(theirs['Sortino Ratio'] ?? 0, 8);
    expect(metrics.calmar).toBeCloseTo(theirs['Calmar Ratio'] ?? 0, 8);
    expect(metrics.omega).toBeCloseTo(theirs['Omega Ratio'] ?? 0, 8);
    // Their drawdown is counted in bars of one day, ours by the calendar, so ours is the longer.
    expect(metrics.maxDrawdownDurationDays).toBeGreaterThan((theirs['Max Drawdown Duration'] ?? 0) / 86_400_000);

    const own = computePerformanceMetrics([], account);
    expect(own.periodsPerYear).toBe(252);
    expect(own.sharpe).toBeCloseTo((metrics.sharpe ?? 0) * Math.sqrt(252 / 365), 12);
  });
});

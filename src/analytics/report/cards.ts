import type { RunReport } from '../../runs/types.ts';
import type { BootstrapIntervals, Interval } from '../bootstrap.ts';
import { daysText, NONE, numberText, percentText } from '../number-text.ts';
import { escapeHtml } from '../page-assets.ts';
import type { PerformanceMetrics } from '../performance.ts';

interface Card {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly tone?: 'gain' | 'loss' | '';
}

/** The account in a dozen figures, each with what puts it into proportion. */
export function cards(report: RunReport, m: PerformanceMetrics, intervals: BootstrapIntervals): string {
  const within = percentText(100 * intervals.confidence, 0);
  const band = (interval: Interval | null, text: (value: number) => string): string =>
    interval === null ? '' : `${text(interval.low)} to ${text(interval.high)} (${within})`;
  const why = (name: keyof PerformanceMetrics, note: string): string => m.reasons[name] ?? note;
  const two = (value: number): string => numberText(value);
  const money = (value: number | null, sign = false): string => numberText(value, 2, sign);
  const list: Card[] = [
    {
      name: 'Total return',
      value: percentText(m.totalReturnPct, 2, true),
      note: m.benchmarkReturnPct === null ? '' : `buy and hold ${percentText(m.benchmarkReturnPct, 2, true)}`,
      tone: toneOf(m.totalReturnPct),
    },
    { name: 'Final equity', value: money(m.finalEquity), note: `from ${money(m.initialCapital)} ${report.quote}` },
    {
      name: 'CAGR',
      value: percentText(m.cagrPct, 2, true),
      note: why('cagrPct', `volatility ${percentText(m.volatilityPct)}`),
      tone: toneOf(m.cagrPct),
    },
    {
      name: 'Max drawdown',
      value: percentText(m.maxDrawdownPct),
      note: `${money(m.maxDrawdown)} ${report.quote} · ${daysText(m.maxDrawdownDurationDays)}`,
    },
    { name: 'Sharpe', value: numberText(m.sharpe), note: why('sharpe', band(intervals.sharpe, two)) },
    { name: 'Sortino', value: numberText(m.sortino), note: why('sortino', `Calmar ${numberText(m.calmar)}`) },
    {
      name: 'Profit factor',
      value: numberText(m.profitFactor),
      note: why('profitFactor', band(intervals.profitFactor, two)),
    },
    {
      name: 'Win rate',
      value: percentText(m.winRate === null ? null : 100 * m.winRate, 1),
      note: why(
        'winRate',
        band(intervals.winRate, (value) => percentText(100 * value, 0)),
      ),
    },
    {
      name: 'Expectancy',
      value: money(m.expectancy, true),
      note: why(
        'expectancy',
        band(intervals.expectancy, (value) => money(value, true)),
      ),
      tone: toneOf(m.expectancy),
    },
    {
      name: 'Average R',
      value: numberText(m.averageRMultiple, 2, true),
      note: why(
        'averageRMultiple',
        band(intervals.averageRMultiple, (value) => numberText(value, 2, true)),
      ),
      tone: toneOf(m.averageRMultiple),
    },
    {
      name: 'Trades',
      value: numberText(m.totalTrades, 0),
      note: `${m.winningTrades} won, ${m.losingTrades} lost${m.openTrades > 0 ? `, ${m.openTrades} open` : ''}`,
    },
    {
      name: 'Time in market',
      value: percentText(m.timeInMarketPct, 1),
      note: m.exposurePct === null ? '' : `mean exposure ${percentText(m.exposurePct, 1)}`,
    },
  ];
  const html = list.map(
    ({ name, value, note, tone }) =>
      `<div class="card"><dt>${escapeHtml(name)}</dt><dd class="${tone ?? ''}">${escapeHtml(value)}</dd><p>${escapeHtml(note)}</p></div>`,
  );
  return `<dl class="cards">${html.join('')}</dl>`;
}

/** All other figures, as a list of names and values. */
export function moreFigures(m: PerformanceMetrics, quote: string): string {
  const figures: [string, string][] = [
    ['Annual return (geometric)', percentText(m.annualReturnPct, 2, true)],
    ['Omega', numberText(m.omega)],
    ['Ulcer index', numberText(m.ulcerIndex)],
    ['Recovery factor', numberText(m.recoveryFactor)],
    ['Alpha (a year)', m.alpha === null ? NONE : percentText(100 * m.alpha, 2, true)],
    ['Beta', numberText(m.beta)],
    ['Benchmark drawdown', percentText(m.benchmarkMaxDrawdownPct)],
    ['Benchmark Sharpe', numberText(m.benchmarkSharpe)],
    ['SQN', numberText(m.sqn)],
    ['Payoff', numberText(m.payoffRatio)],
    [`Average win (${quote})`, numberText(m.averageWin)],
    [`Average loss (${quote})`, numberText(m.averageLoss)],
    [`Best trade (${quote})`, numberText(m.bestTrade, 2, true)],
    [`Worst trade (${quote})`, numberText(m.worstTrade, 2, true)],
    ['Best trade', percentText(m.bestTradePct, 2, true)],
    ['Worst trade', percentText(m.worstTradePct, 2, true)],
    ['Wins in a row', String(m.maxConsecutiveWins)],
    ['Losses in a row', String(m.maxConsecutiveLosses)],
    ['Max drawdown (R)', numberText(m.maxDrawdownR)],
    ['Mean adverse excursion (R)', numberText(m.averageMaeR)],
    ['Mean favourable excursion (R)', numberText(m.averageMfeR)],
    ['Mean time in a trade', daysText(m.averageDurationHours === null ? null : m.averageDurationHours / 24)],
    [`Fees (${quote})`, numberText(m.fees)],
    ['Trades with an assumed order of events', String(m.ambiguousTrades)],
  ];
  const rows = figures.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<dl class="figures">${rows.join('')}</dl>`;
}

export function toneOf(value: number | null): 'gain' | 'loss' | '' {
  return value === null || value === 0 ? '' : value > 0 ? 'gain' : 'loss';
}

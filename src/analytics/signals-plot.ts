import { join } from 'node:path';
import type { Bars } from '../core/bars.ts';
import type { Trade } from '../core/trade.ts';
import { type ChartData, chartData } from './chart-data.ts';
import { embeddedJson, escapeHtml, htmlPage } from './page-assets.ts';
import { safeFileName, writeWhole } from './write-file.ts';

export interface SignalsPlotOptions {
  readonly title?: string;
  /** Columns of the bars' length. Near the price they are drawn over it, else in panes of their own. */
  readonly indicators?: Readonly<Record<string, ArrayLike<number>>>;
  /** `analytics/plots_output` unless given. */
  readonly outputDir?: string;
  /** `<symbol>_<timeframe>_signals.html` unless given. */
  readonly fileName?: string;
  /** Labels the bars as synthetic, in the title and on the page. */
  readonly synthetic?: boolean;
}

/** Up to this many bars are embedded whole: about half a megabyte. */
const MAX_CANDLES = 20_000;
const DETAIL_BARS = 120_000;

/**
 * Writes one self-contained interactive HTML file with candles, volume, trades and indicators, and returns its path.
 * A long series carries a coarse whole and the full detail around its trades.
 * @throws ValvulinError `VLV_DATA_FILE` where the file cannot be written
 */
export async function plotBacktestSignals(
  bars: Bars,
  trades: readonly Trade[],
  options: SignalsPlotOptions = {},
): Promise<string> {
  const title = options.title ?? `${bars.symbol} ${bars.timeframe}`;
  const fileName = options.fileName ?? `${safeFileName(`${bars.symbol}_${bars.timeframe}`)}_signals.html`;
  const data = chartData(bars, trades, {
    title,
    synthetic: options.synthetic ?? false,
    indicators: options.indicators ?? {},
    maxCandles: MAX_CANDLES,
    detailBudget: DETAIL_BARS,
  });
  const page = htmlPage({
    title: `${title}${data.synthetic ? ' (synthetic data)' : ''} · Valvulin`,
    style: PLOT_STYLE,
    body: plotBody(data, bars),
    data: [embeddedJson('chart-data', data)],
    entry: 'plot.js',
  });
  return writeWhole(join(options.outputDir ?? 'analytics/plots_output', fileName), page);
}

function plotBody(data: ChartData, bars: Bars): string {
  const day = (time: number | undefined): string =>
    time === undefined ? '' : new Date(time).toISOString().slice(0, 10);
  const facts = [
    `${data.symbol} ${data.timeframe}`,
    `${data.bars.toLocaleString('en-US')} bars`,
    ...(bars.length > 0 ? [`${day(bars.time[0])} to ${day(bars.time[bars.length - 1])} UTC`] : []),
    `${(data.trades.length + data.leftOut).toLocaleString('en-US')} trades`,
  ];
  const notes = [
    ...(data.leftOut > 0
      ? [`Only the first ${data.trades.length.toLocaleString('en-US')} trades are in this file.`]
      : []),
    ...(data.coarseTrades > 0
      ? [`${data.coarseTrades.toLocaleString('en-US')} trades with small results are shown in the overview only.`]
      : []),
  ];
  const synthetic = data.synthetic ? '<div class="badges"><span class="badge warn">SYNTHETIC DATA</span></div>' : '';
  return `<header><div><h1>${escapeHtml(data.title)}</h1><p>${escapeHtml(facts.join(' · '))}</p>${synthetic}</div>
<button class="theme" id="theme" type="button"></button></header>
<main class="plot">
<section class="panel chart" id="chart" aria-label="Price chart with trades"></section>
<aside class="panel" id="trades" aria-label="Trades"></aside>
${notes.length > 0 ? `<p class="note">${escapeHtml(notes.join(' '))}</p>` : ''}
</main>`;
}

const PLOT_STYLE = `
.plot { display: grid; gap: 14px; grid-template-columns: minmax(0, 1fr) 420px; }
.plot .chart, .plot aside { height: max(520px, calc(100vh - 170px)); }
.plot aside { display: flex; flex-direction: column; }
.plot .note { grid-column: 1 / -1; padding: 0; }
.plot th, .plot td { padding: 5px 7px; }
@media (max-width: 1100px) {
  .plot { grid-template-columns: minmax(0, 1fr); }
  .plot .chart { height: min(620px, 74vh); }
  .plot aside { height: 480px; }
}
@media (max-width: 640px) { .plot th, .plot td { padding: 6px 5px; } .plot .chart { height: 440px; } }
`;

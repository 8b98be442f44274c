import { el } from './dom.js';
import { compact, number, utc } from './format.js';
import { levelReader, tradesOf } from './levels.js';
import { faded, onTheme, palette } from './theme.js';
import { TradesPrimitive } from './trades-primitive.js';

/** A long series turns to full detail where about this many bars would be seen, and back at three times as many. */
const DETAIL_BARS = 400;
const BARS_AROUND_TRADE = 45;

/**
 * Candles, volume, indicators and trades in `root`. A long series shows its coarse whole, and the full detail around a
 * trade where the reader zooms in on one. `onPick` hears of a trade that was clicked.
 */
export function createSignalsChart(root, data, onPick) {
  const { CandlestickSeries, HistogramSeries, LineSeries, createChart, CrosshairMode } = /** @type {any} */ (window)
    .LightweightCharts;
  const read = levelReader();
  const trades = tradesOf(data);
  const legend = el('div', { class: 'legend' });
  const status = el('button', { class: 'status', type: 'button', onclick: () => showWhole() });
  const canvas = el('div', { class: 'canvas' });
  root.append(canvas, legend, status);

  const chart = createChart(canvas, {
    autoSize: true,
    crosshair: { mode: CrosshairMode.Normal },
    timeScale: { timeVisible: data.barMs < 86_400_000, secondsVisible: false, rightOffset: 4, minBarSpacing: 0.02 },
    localization: { locale: 'en-US' },
  });
  const priceFormat = { type: 'price', precision: data.decimals, minMove: 10 ** -data.decimals };
  const candles = chart.addSeries(CandlestickSeries, { priceFormat, borderVisible: false });
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  candles.priceScale().applyOptions({ scaleMargins: { top: root.clientWidth < 640 ? 0.26 : 0.12, bottom: 0.2 } });
  const indicators = data.indicators.map((indicator) => {
    const options = {
      lineWidth: 1.5,
      priceLineVisible: false,
      lastValueVisible: indicator.pane > 0,
      crosshairMarkerVisible: false,
      priceFormat: { type: 'price', precision: indicator.decimals, minMove: 10 ** -indicator.decimals },
    };
    const kind = indicator.shape === 'histogram' ? HistogramSeries : LineSeries;
    return { ...indicator, series: chart.addSeries(kind, options, indicator.pane) };
  });
  chart.panes().forEach((pane, i) => {
    pane.setStretchFactor(i === 0 ? 4 : 1);
  });

  let level;
  let colours = palette();
  let moving = false;
  let turn = 0;
  const primitive = new TradesPrimitive(trades, colours);
  candles.attachPrimitive(primitive);

  function paint() {
    colours = palette();
    primitive.colours = colours;
    const { background, text, grid, border, up, down } = colours;
    chart.applyOptions({
      layout: { background: { color: background }, textColor: text, panes: { separatorColor: border } },
      grid: { vertLines: { color: grid }, horzLines: { color: grid } },
      rightPriceScale: { borderColor: border },
      timeScale: { borderColor: border },
    });
    candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    indicators.forEach((indicator, i) => {
      indicator.colour = colours.series[i % colours.series.length];
      indicator.series.applyOptions({ color: indicator.colour });
    });
    if (level) fill();
    describe(null);
  }

  function fill() {
    const { columns } = level;
    candles.setData(level.candles);
    volume.setData(
      Array.from(columns.time, (time, i) => ({
        time,
        value: columns.volume[i],
        color: faded(columns.close[i] >= columns.open[i] ? colours.up : colours.down, 0.35),
      })),
    );
    indicators.forEach((indicator, k) => {
      const values = level.indicators[k];
      const histogram = indicator.shape === 'histogram';
      indicator.series.setData(
        Array.from(columns.time, (time, i) => {
          if (Number.isNaN(values[i])) return { time };
          const colour = histogram && faded(values[i] >= 0 ? colours.up : colours.down, 0.7);
          return colour ? { time, value: values[i], color: colour } : { time, value: values[i] };
        }),
      );
    });
  }

  /** Shows a level with bars `from` to `to` (indexes among all bars) across the screen. */
  function show(source, from, to) {
    moving = true;
    if (level?.source !== source) {
      level = Object.assign(read(source), { source });
      primitive.place = (bar) => (bar - level.from) / level.per;
      fill();
    }
    chart
      .timeScale()
      .setVisibleLogicalRange({ from: (from - level.from) / level.per, to: (to - level.from) / level.per });
    const coarse = level.per > 1;
    status.hidden = data.whole.per === 1;
    status.disabled = coarse;
    status.textContent = coarse
      ? `Overview · 1 candle = ${level.per} bars · zoom in on a trade`
      : 'Full detail · back to overview';
    describe(null);
    requestAnimationFrame(() => {
      moving = false;
    });
  }

  function showWhole() {
    const shown = Math.min(data.bars, data.whole.per > 1 ? data.bars : 260);
    show(data.whole, data.bars - shown - 1, data.bars + shown * 0.02);
  }

  function windowAt(bar) {
    return data.windows.find((window) => bar >= window.from && bar < window.from + window.columns.time.n);
  }

  function onRange(range) {
    if (!range || moving || data.whole.per === 1) return;
    const from = level.from + range.from * level.per;
    const to = level.from + range.to * level.per;
    const centre = (from + to) / 2;
    if (level.per > 1) {
      if (to - from > DETAIL_BARS) return;
      const window = windowAt(centre);
      if (window) show(window, from, to);
    } else if (
      to - from > 3 * Math.max(DETAIL_BARS, level.length) ||
      centre < level.from ||
      centre > level.from + level.length
    ) {
      const half = Math.max((to - from) / 2, 1.5 * DETAIL_BARS, 15 * data.whole.per);
      show(data.whole, centre - half, centre + half);
    }
  }

  /**
   * Moves to a trade and marks it. Of a long trade only the ends may be there in full detail: then it shows the entry,
   * asked again the exit, and asked once more the whole trade coarsely.
   */
  function showTrade(index) {
    const trade = trades[index];
    if (!trade) return;
    const views = viewsOf(trade);
    turn = primitive.selected === index ? (turn + 1) % views.length : 0;
    primitive.selected = index;
    const { source, from, to, end } = views[turn];
    show(source, from, to);
    if (end === 'entry') status.textContent = 'Entry in full detail · choose the trade again for its exit';
    if (end === 'exit') status.textContent = 'Exit in full detail · choose the trade again to see it whole';
    primitive.update?.();
    describe(null);
  }

  function viewsOf({ entryBar, exitBar }) {
    const around = (source, first, last, least) => {
      const spread = Math.max(least, (last - first) * 0.35);
      const end = source.from + source.columns.time.n * source.per;
      return { source, from: Math.max(source.from - 3, first - spread), to: Math.min(end + 3, last + spread) };
    };
    const entry = windowAt(entryBar);
    const exit = windowAt(exitBar);
    if (entry && entry === exit) return [around(entry, entryBar, exitBar, BARS_AROUND_TRADE)];
    const whole = around(data.whole, entryBar, exitBar, Math.max(BARS_AROUND_TRADE, (data.whole.per - 1) * 15));
    if (!entry || !exit) return [whole];
    const end = (name, source, bar) => ({ ...around(source, bar, bar, BARS_AROUND_TRADE), end: name });
    return [end('entry', entry, entryBar), end('exit', exit, exitBar), whole];
  }

  function tradeAt(bar) {
    const slack = level.per / 2;
    return trades.findIndex(({ entryBar, exitBar }) => bar >= entryBar - slack && bar <= exitBar + slack);
  }

  /** The legend at a place on the axis; with none, at the exit of the marked trade or at the last bar. */
  function describe(logical) {
    if (!level) return;
    const marked = trades[primitive.selected];
    const place = logical ?? (marked ? primitive.place(marked.exitBar) : level.length - 1);
    const i = Math.max(0, Math.min(level.length - 1, Math.round(place)));
    const { columns } = level;
    const value = (name, text) => el('span', {}, el('i', {}, name), text);
    const price = (column) => number(columns[column][i], data.decimals);
    const line = el('div', {}, el('b', {}, utc(columns.time[i] * 1_000, data.barMs)));
    for (const [name, column] of [
      ['O', 'open'],
      ['H', 'high'],
      ['L', 'low'],
      ['C', 'close'],
    ]) {
      line.append(value(name, price(column)));
    }
    line.append(value('V', compact(columns.volume[i])));
    const second = el('div');
    indicators.forEach((indicator, k) => {
      const text = el('span', {}, indicator.name, ' ', number(level.indicators[k][i], indicator.decimals));
      text.style.color = indicator.colour;
      second.append(text);
    });
    legend.replaceChildren(line, second);
    const trade = logical === null ? marked : trades[tradeAt(level.from + i * level.per)];
    if (!trade) return;
    const r = trade.r === null ? '' : ` · ${number(trade.r, 2, true)} R`;
    const text = `#${trade.id} ${trade.side > 0 ? 'long' : 'short'} ${number(trade.profit, 2, true)}${r}`;
    legend.append(el('div', { class: trade.profit > 0 ? 'gain' : 'loss' }, text));
  }

  chart.timeScale().subscribeVisibleLogicalRangeChange(onRange);
  chart.subscribeCrosshairMove((event) => describe(event.logical ?? null));
  chart.subscribeClick((event) => {
    const index = event.logical === undefined ? -1 : tradeAt(level.from + event.logical * level.per);
    if (index < 0) return;
    primitive.selected = index;
    primitive.update?.();
    onPick(index);
  });
  onTheme(paint);
  paint();
  showWhole();
  const shown = () => ({ from: level.from, per: level.per, length: level.length });
  return { chart, trades, showTrade, showWhole, shown };
}

import { el } from './dom.js';
import { number, utc } from './format.js';
import { faded, onTheme, palette } from './theme.js';
import { unpack } from './unpack.js';

/** Equity against holding, and below it the distance from the high. */
export function createEquityChart(root, data) {
  const { AreaSeries, LineSeries, createChart } = /** @type {any} */ (window).LightweightCharts;
  const legend = el('div', { class: 'legend' });
  const canvas = el('div', { class: 'canvas' });
  root.append(canvas, legend);
  const time = unpack(data.time);
  const equity = unpack(data.equity);
  const drawdown = unpack(data.drawdown);
  const benchmark = data.benchmark ? unpack(data.benchmark) : null;
  const points = (values) => Array.from(time, (t, i) => ({ time: t, value: values[i] }));

  const chart = createChart(canvas, {
    autoSize: true,
    timeScale: { timeVisible: true, minBarSpacing: 0.02 },
    localization: { locale: 'en-US' },
  });
  const quiet = { priceLineVisible: false, crosshairMarkerVisible: false };
  const held = benchmark && chart.addSeries(LineSeries, { ...quiet, lineWidth: 1.5, lastValueVisible: false });
  const account = chart.addSeries(AreaSeries, { ...quiet, lineWidth: 2 });
  const percent = { type: 'custom', minMove: 0.01, formatter: (value) => `${number(value, 1)}%` };
  const below = chart.addSeries(
    AreaSeries,
    { ...quiet, invertFilledArea: true, lineWidth: 1.5, priceFormat: percent },
    1,
  );
  held?.setData(points(benchmark));
  account.setData(points(equity));
  below.setData(points(drawdown));
  chart.panes()[0].setStretchFactor(3);
  chart.panes()[1]?.setStretchFactor(1);
  account.priceScale().applyOptions({ scaleMargins: { top: 0.14, bottom: 0.05 } });
  below.priceScale().applyOptions({ scaleMargins: { top: 0.04, bottom: 0.06 } });
  chart.timeScale().fitContent();

  function paint() {
    const colours = palette();
    chart.applyOptions({
      layout: {
        background: { color: colours.background },
        textColor: colours.text,
        panes: { separatorColor: colours.border },
      },
      grid: { vertLines: { color: colours.grid }, horzLines: { color: colours.grid } },
      rightPriceScale: { borderColor: colours.border },
      timeScale: { borderColor: colours.border },
    });
    account.applyOptions({
      lineColor: colours.accent,
      topColor: faded(colours.accent, 0.22),
      bottomColor: faded(colours.accent, 0.02),
    });
    held?.applyOptions({ color: colours.bench });
    below.applyOptions({
      lineColor: colours.down,
      topColor: faded(colours.down, 0.05),
      bottomColor: faded(colours.down, 0.3),
    });
    describe(time.length - 1, colours);
  }

  function describe(index, colours = palette()) {
    if (time.length === 0) return;
    const i = Math.max(0, Math.min(time.length - 1, Math.round(index)));
    const part = (name, text, colour) => {
      const node = el('span', {}, el('i', {}, name), text);
      node.style.color = colour;
      return node;
    };
    const line = el('div', {}, el('b', {}, utc(time[i] * 1_000)));
    line.append(part('Equity', `${number(equity[i])} ${data.quote}`, colours.accent));
    if (benchmark) line.append(part('Buy and hold', number(benchmark[i]), colours.bench));
    line.append(part('Drawdown', `${number(drawdown[i], 2)}%`, colours.down));
    legend.replaceChildren(line);
  }

  chart.subscribeCrosshairMove((event) => describe(event.logical ?? time.length - 1));
  onTheme(paint);
  paint();
  return chart;
}

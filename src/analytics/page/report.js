import { el, embedded } from './dom.js';
import { duration, number, utc } from './format.js';
import { createEquityChart } from './equity-chart.js';
import { createSignalsChart } from './signals-chart.js';
import { connectThemeToggle } from './theme.js';
import { createTable } from './trade-table.js';

connectThemeToggle(document.getElementById('theme'));
const curves = document.getElementById('curves-chart');
if (curves) createEquityChart(curves, embedded('curves'));

const { rows, runs } = embedded('trades-data');
const trades = rows.map(
  ([id, run, entry, exit, side, quantity, entryPrice, exitPrice, profit, percent, r, bars, reason, fees, place]) => ({
    id,
    run,
    entry,
    exit,
    side,
    quantity,
    entryPrice,
    exitPrice,
    profit,
    percent,
    r,
    bars,
    reason,
    fees,
    place,
  }),
);
const tone = (value) => (value > 0 ? 'gain' : value < 0 ? 'loss' : '');
const price = (value) => number(value, value >= 1_000 ? 2 : value >= 1 ? 4 : 8);
const columns = [
  { title: '#', value: (t) => t.id, text: (t) => String(t.id) },
  { title: 'Run', left: true, value: (t) => runs[t.run] ?? '', text: (t) => runs[t.run] ?? '–' },
  { title: 'Side', left: true, value: (t) => t.side, text: (t) => (t.side > 0 ? 'long' : 'short') },
  { title: 'Entry', left: true, value: (t) => t.entry, text: (t) => utc(t.entry) },
  { title: 'Exit', left: true, value: (t) => t.exit, text: (t) => utc(t.exit) },
  { title: 'Held', value: (t) => t.exit - t.entry, text: (t) => duration(t.exit - t.entry) },
  { title: 'Quantity', value: (t) => t.quantity, text: (t) => String(Number(t.quantity.toPrecision(5))) },
  { title: 'Entry price', value: (t) => t.entryPrice, text: (t) => price(t.entryPrice) },
  { title: 'Exit price', value: (t) => t.exitPrice, text: (t) => price(t.exitPrice) },
  { title: 'Fees', value: (t) => t.fees, text: (t) => number(t.fees, 2) },
  { title: 'Profit', value: (t) => t.profit, text: (t) => number(t.profit, 2, true), tone: (t) => tone(t.profit) },
  { title: '%', value: (t) => t.percent, text: (t) => number(t.percent, 2, true), tone: (t) => tone(t.percent) },
  { title: 'R', value: (t) => t.r, text: (t) => number(t.r, 2, true), tone: (t) => tone(t.r) },
  { title: 'Reason', left: true, value: (t) => t.reason, text: (t) => t.reason },
];

const stage = document.getElementById('signals');
const bar = document.getElementById('runs');
const views = new Map();
let table;

/** Opens the chart of a run; it is built when it is first asked for. */
function openRun(index) {
  [...bar.children].forEach((button, i) => {
    button.setAttribute('aria-selected', String(i === index));
  });
  for (const [i, { holder }] of views) holder.hidden = i !== index;
  const known = views.get(index);
  if (known) return known.view;
  const holder = el('div', { class: 'chart', style: 'height:100%' });
  stage.append(holder);
  const pick = (place) => table?.mark(trades.find((trade) => trade.run === index && trade.place === place));
  const view = createSignalsChart(holder, embedded(`run-${index}`), pick);
  views.set(index, { holder, view });
  return view;
}

function showTrade(trade) {
  if (trade.run < 0) return;
  const view = openRun(trade.run);
  view.showTrade(trade.place);
  stage.scrollIntoView({ behavior: 'smooth', block: 'center' });
  return view;
}

runs.forEach((name, i) => {
  bar.append(el('button', { type: 'button', role: 'tab', onclick: () => openRun(i) }, name));
});
for (const button of document.querySelectorAll('button[data-run]')) {
  button.addEventListener('click', () => {
    openRun(Number(button.getAttribute('data-run')));
    stage.scrollIntoView({ behavior: 'smooth', block: 'center' });
  });
}
const list = document.getElementById('trades');
if (trades.length === 0) list.append(el('p', { class: 'note' }, 'No trades.'));
else table = createTable(list, trades, columns, showTrade);

// The first chart is built when it comes near the screen.
if (runs.length > 0) {
  const watcher = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      if (views.size === 0) openRun(0);
    },
    { rootMargin: '400px' },
  );
  watcher.observe(stage);
}

// For tests and for the reader's console.
Object.assign(window, { valvulin: { views, openRun } });

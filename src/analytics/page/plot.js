import { el, embedded } from './dom.js';
import { number, utc } from './format.js';
import { createSignalsChart } from './signals-chart.js';
import { connectThemeToggle } from './theme.js';
import { createTable } from './trade-table.js';

const SHORT = {
  stop_loss: 'stop',
  take_profit: 'target',
  trailing_stop: 'trail',
  break_even: 'even',
  time_stop: 'time',
  end_of_data: 'end',
};

connectThemeToggle(document.getElementById('theme'));
const data = embedded('chart-data');
let table;
const view = createSignalsChart(document.getElementById('chart'), data, (index) => table.mark(view.trades[index]));
const tone = (value) => (value > 0 ? 'gain' : value < 0 ? 'loss' : '');
const list = document.getElementById('trades');

const columns = [
  { title: '#', value: (t) => t.id, text: (t) => String(t.id) },
  { title: 'Entry', left: true, value: (t) => t.entry, text: (t) => utc(t.entry, data.barMs) },
  { title: 'Side', left: true, value: (t) => t.side, text: (t) => (t.side > 0 ? 'long' : 'short') },
  { title: 'Profit', value: (t) => t.profit, text: (t) => number(t.profit, 2, true), tone: (t) => tone(t.profit) },
  { title: 'R', value: (t) => t.r, text: (t) => number(t.r, 2, true), tone: (t) => tone(t.r) },
  {
    title: 'Exit',
    left: true,
    value: (t) => t.reason,
    text: (t) => (t.open ? 'open' : (SHORT[t.reason] ?? t.reason)),
  },
];

if (view.trades.length === 0) list.append(el('p', { class: 'note' }, 'No trades.'));
else table = createTable(list, view.trades, columns, (trade) => view.showTrade(view.trades.indexOf(trade)));

// For tests and for the reader's console.
Object.assign(window, { valvulin: view });

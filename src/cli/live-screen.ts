import type { LogEvent } from '../runs/log.ts';
import type { LiveOrder, LivePosition, LiveStatus } from '../runs/live-status.ts';
import { amountText } from './live/records.ts';
import type { Colors } from './terminal.ts';

type Paint = (text: string) => string;
/** A piece of a line and how it is painted; widths are counted without the paint. */
type Piece = readonly [text: string, paint?: Paint];
type Line = readonly Piece[];

/** Lines that positions and orders may each take at most, as a share of the screen. */
const TABLE_SHARE = 0.3;
const GAP = 2;

/**
 * The lines of a live view, none wider than `width` and no more than `height`. What matters most stands first; where
 * there is no room, columns go from the right and rows from the end, and it says how many.
 */
export function renderLive(status: LiveStatus, width: number, height: number, colors: Colors): string[] {
  const rows = Math.max(1, Math.floor(height * TABLE_SHARE));
  const top = [
    ...headLines(status, width, colors),
    ...table('POSITIONS', POSITION_COLUMNS, status.positions, rows, width, colors),
    ...table('ORDERS', ORDER_COLUMNS, status.orders, rows, width, colors),
    ...stoppedLines(status, colors),
  ];
  const room = height - top.length - 1;
  const events = room > 1 ? status.events.slice(-(room - 1)) : [];
  const bottom: Line[] = events.length === 0 ? [] : [[], ...events.map((event) => eventLine(event, colors))];
  return [...top, ...bottom].slice(0, height).map((line) => fit(line, width));
}

function headLines(status: LiveStatus, width: number, colors: Colors): Line[] {
  const { engine, capital, dayProfit, closedTrades, wonTrades } = status;
  const { quote, equity, cash, mode, venue, run, state, ordersInDoubt } = engine;
  const money = moneyText(capital);
  const signed = (value: number): Piece => [
    `${value >= 0 ? '+' : ''}${money(value)}`,
    value >= 0 ? colors.green : colors.red,
  ];
  const profit = equity - capital;
  const percent = capital === 0 ? '' : ` (${profit >= 0 ? '+' : ''}${((100 * profit) / capital).toFixed(2)}%)`;
  const clock = `${clockText(status.time)} UTC`;
  const title = `valvulin ${mode === 'live' ? `live on ${venue}` : 'on paper'}, run ${run}`;
  const between = width - title.length - state.length - clock.length - 2 * GAP;
  const lines: Line[] = [
    [
      [title, colors.bold],
      [' '.repeat(GAP)],
      [state, state === 'ACTIVE' ? colors.green : colors.yellow],
      ...(between < 0 ? [] : [[' '.repeat(GAP + between)] as const, [clock, colors.dim] as const]),
    ],
    [
      [`equity ${money(equity)} ${quote}  `],
      signed(profit),
      [percent],
      ['  today '],
      signed(dayProfit),
      [`  free ${money(cash)}`],
    ],
    [
      [`trades ${closedTrades} (${wonTrades} won)  working orders ${engine.workingOrders}`],
      ...(ordersInDoubt === 0 ? [] : [[`  in doubt ${ordersInDoubt}`, colors.yellow] as const]),
    ],
    status.clocks.flatMap(({ timeframe, nextClose }): Piece[] => [
      [`${timeframe} `, colors.dim],
      [`${countdown(nextClose - status.time)}  `],
    ]),
    status.health.flatMap(({ name, good, detail }): Piece[] => [
      [good ? '+ ' : '! ', good ? colors.green : colors.red],
      [`${name}${detail === '' ? '' : ` ${detail}`}  `, good ? colors.dim : colors.red],
    ]),
  ];
  for (const reason of engine.blocks) lines.push([[`no entries: ${reason}`, colors.yellow]]);
  return lines.filter((line) => line.length > 0);
}

function stoppedLines({ engine }: LiveStatus, colors: Colors): Line[] {
  const stopped = engine.strategies.filter(({ problem }) => problem !== null);
  return stopped.map(({ key, problem }) => [[`stopped: ${key}: ${problem}`, colors.red]]);
}

interface Column<T> {
  readonly title: string;
  readonly right?: boolean;
  readonly text: (row: T) => string;
  readonly paint?: (row: T, colors: Colors) => Paint | undefined;
}

/** In the order of their worth: where the terminal is narrow, the last ones go. */
const POSITION_COLUMNS: readonly Column<LivePosition>[] = [
  { title: '', text: ({ slot }) => slot },
  {
    title: 'PROFIT',
    right: true,
    text: ({ profit }) => profit.toFixed(2),
    paint: ({ profit }, colors) => (profit >= 0 ? colors.green : colors.red),
  },
  {
    title: 'STOP',
    right: true,
    text: ({ stopLoss }) => (stopLoss === null ? 'none' : amountText(stopLoss)),
    paint: ({ stopLoss }, colors) => (stopLoss === null ? colors.yellow : undefined),
  },
  { title: 'QUANTITY', right: true, text: ({ side, quantity }) => amountText(side === 'LONG' ? quantity : -quantity) },
  { title: 'ENTRY', right: true, text: ({ entryPrice }) => amountText(entryPrice) },
  { title: 'PRICE', right: true, text: ({ price }) => amountText(price) },
  { title: 'TARGET', right: true, text: ({ takeProfit }) => amountText(takeProfit) },
];

const ORDER_COLUMNS: readonly Column<LiveOrder>[] = [
  { title: '', text: ({ symbol, strategy }) => `${symbol} ${strategy}` },
  { title: 'ORDER', text: ({ side, type }) => `${side.toLowerCase()} ${type.replace('_', '-')}` },
  { title: 'PRICE', right: true, text: ({ price }) => amountText(price) },
  { title: 'QUANTITY', right: true, text: ({ quantity }) => amountText(quantity) },
  { title: 'FILLED', right: true, text: ({ filled }) => amountText(filled) },
  { title: 'FOR', text: ({ role }) => role },
  {
    title: 'STATE',
    text: ({ state }) => state.replace('_', ' '),
    paint: ({ state }, colors) => (state === 'in_doubt' ? colors.yellow : undefined),
  },
];

function table<T>(
  title: string,
  columns: readonly Column<T>[],
  all: readonly T[],
  most: number,
  width: number,
  colors: Colors,
): Line[] {
  if (all.length === 0) return [];
  // The line that says how many are missing takes the place of one of them.
  const rows = all.length > most ? all.slice(0, Math.max(1, most - 1)) : all;
  const cells = rows.map((row) => columns.map(({ text }) => clean(text(row))));
  const widths = columns.map((column, c) =>
    Math.max((c === 0 ? title : column.title).length, ...cells.map((row) => row[c].length)),
  );
  let shown = 1;
  for (let used = widths[0]; shown < columns.length && used + GAP + widths[shown] <= width; shown++) {
    used += GAP + widths[shown];
  }
  const line = (texts: readonly string[], paint: (c: number) => Paint | undefined): Line =>
    texts.slice(0, shown).map((text, c): Piece => {
      const padded = columns[c].right ? text.padStart(widths[c]) : text.padEnd(widths[c]);
      const cell = c === 0 ? padded : `${' '.repeat(GAP)}${padded}`;
      const painted = paint(c);
      return painted ? [cell, painted] : [cell];
    });
  const lines: Line[] = [
    [],
    line([title, ...columns.slice(1).map((column) => column.title)], () => colors.dim),
    ...rows.map((row, r) => line(cells[r], (c) => columns[c].paint?.(row, colors))),
  ];
  if (rows.length < all.length) lines.push([[`and ${all.length - rows.length} more`, colors.dim]]);
  return lines;
}

function eventLine({ time, level, event, fields }: LogEvent, colors: Colors): Line {
  const paint = { debug: colors.dim, info: undefined, warn: colors.yellow, error: colors.red }[level];
  const details = Object.entries(fields).map(([name, value]) => {
    return ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  const name = event.replaceAll('_', ' ');
  return [[`${clockText(time)} `, colors.dim], paint ? [name, paint] : [name], [details.join(''), colors.dim]];
}

/** Cuts the line at `width` and paints what is left. */
function fit(line: Line, width: number): string {
  let room = width;
  let out = '';
  const length = line.reduce((sum, [text]) => sum + text.length, 0);
  for (const [text, paint] of line) {
    if (room === 0) break;
    let shown = clean(text);
    if (shown.length > room || (shown.length === room && length > width)) shown = `${shown.slice(0, room - 1)}…`;
    room -= shown.length;
    out += paint ? paint(shown) : shown;
  }
  return out;
}

/** What a strategy or an exchange wrote may hold codes that move the cursor. */
function clean(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}

function moneyText(capital: number): (value: number) => string {
  // A small number of a large unit, such as half a bitcoin, needs its decimals.
  const digits = capital >= 100 ? 2 : 6;
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return (value) => value.toLocaleString('en-US', format);
}

/** `12:00:03`, UTC. */
function clockText(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

/** `41 s`, `12:05`, `3:12:05`, `2 d 4 h`; nothing below zero. */
function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

import { amountText } from '../live/records.ts';
import type { Colors } from '../terminal.ts';
import type { DemoMode } from './demo-config.ts';
import type { EngineEvent } from './engine-process.ts';

/** Alerts that somebody who watches wants to see; the others come and go with the weather. */
const TELLING = new Set(['order_absent', 'orphan', 'missing', 'strategy_stopped', 'unprotected', 'failed']);

/** Tells what one engine does, in lines for people. */
export class DemoLines {
  readonly #mode: DemoMode;
  readonly #colors: Colors;
  /** Strategies that hold something: a signal that changes nothing is no news. */
  readonly #holding = new Set<string>();

  constructor(mode: DemoMode, colors: Colors) {
    this.#mode = mode;
    this.#colors = colors;
  }

  /** What an engine printed, as a line; null where it is no news. */
  line(event: EngineEvent): string | null {
    const name = strategyOf(event);
    if (event.event === 'signal' && this.#holding.has(name) === (event.signal === 1)) return null;
    if (event.event === 'fill') {
      // What an exit sold is told with the trade that it closed.
      if (event.role !== 'entry') return null;
      this.#holding.add(name);
    }
    if (event.event === 'trade') this.#holding.delete(name);
    const words = wordsOf(event, this.#colors);
    if (words === null) return null;
    const at = typeof event.at === 'string' ? event.at.slice(11, 19) : '        ';
    return `${this.#colors.dim(at)}  ${nameOf(this.#mode, this.#colors)}  ${words}`;
  }
}

/** The engine's name in a column of its own. */
export function nameOf(mode: DemoMode, colors: Colors): string {
  const text = mode.padEnd(5);
  return mode === 'paper' ? colors.cyan(text) : colors.magenta(text);
}

export function moneyText(profit: number, colors: Colors): string {
  const text = `${profit < 0 ? '' : '+'}${profit.toFixed(2)} USDT`;
  return profit < 0 ? colors.red(text) : colors.green(text);
}

function wordsOf(event: EngineEvent, colors: Colors): string | null {
  switch (event.event) {
    case 'signal': {
      const name = strategyOf(event);
      return colors.dim(`signal  ${name}: ${event.signal === 1 ? 'wants to be long' : 'wants out'}`);
    }
    case 'fill': {
      const { quantity, price } = event as unknown as Fill;
      return `fill    ${strategyOf(event)}: bought ${amountText(quantity)} ${baseOf(event)} at ${amountText(price)}`;
    }
    case 'trade': {
      const {
        quantity,
        entry_price: entry,
        exit_price: exit,
        profit,
        exit_reason: reason,
      } = event as unknown as Closed;
      const what = `sold ${amountText(quantity)} ${baseOf(event)} at ${amountText(exit)} (${reason.replaceAll('_', ' ')})`;
      const result = `bought at ${amountText(entry)}: ${moneyText(profit, colors)}`;
      return `${colors.bold('trade')}   ${strategyOf(event)}: ${what}, ${result}`;
    }
    case 'resumed': {
      const { runs, inputs } = event as unknown as { runs: readonly number[]; inputs: number };
      return colors.yellow(`found   the books of run ${runs.join(', ')}: replayed ${inputs} inputs, same decisions`);
    }
    case 'recovered':
      return colors.yellow(`found   ${recoveredText(event)}`);
    default: {
      if (event.level !== 'error' && !TELLING.has(event.event)) return null;
      return colors.red(`${event.event.replaceAll('_', ' ')}  ${alertText(event)}`);
    }
  }
}

interface Fill {
  readonly quantity: number;
  readonly price: number;
}

interface Closed {
  readonly quantity: number;
  readonly entry_price: number;
  readonly exit_price: number;
  readonly profit: number;
  readonly exit_reason: string;
}

function baseOf({ strategy }: EngineEvent): string {
  return String(strategy).split('USDT')[0];
}

/** `BTCUSDT ema-macd`: all run on the same timeframe. */
function strategyOf({ strategy }: EngineEvent): string {
  const [symbol, , name] = String(strategy).split(':');
  return `${symbol} ${name}`;
}

function recoveredText(event: EngineEvent): string {
  const { looked_up: lookedUp, open_orders: open, orphans, in_doubt: doubt, missing } = event as unknown as Recovered;
  const parts = [
    `asked the exchange about ${lookedUp} order${lookedUp === 1 ? '' : 's'} of before`,
    `${open} working there`,
    ...(orphans > 0 ? [`${orphans} that no book knew, cancelled`] : []),
    ...(doubt > 0 ? [`${doubt} still being looked up`] : []),
    missing.length === 0 ? 'nothing is missing' : `missing: ${missing.join('; ')}`,
  ];
  return parts.join(', ');
}

interface Recovered {
  readonly looked_up: number;
  readonly open_orders: number;
  readonly orphans: number;
  readonly in_doubt: number;
  readonly missing: readonly string[];
}

function alertText({ detail, error }: EngineEvent): string {
  if (typeof detail === 'string') return detail;
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
}

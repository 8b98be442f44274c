import { type Bar, Bars } from '../../../src/core/bars.ts';
import type { FaultPlan } from '../../../src/exchange/faults.ts';
import { API_KEY, configOf, type LifeEvent, MINUTE, type SimPlan } from './draw.ts';

const START = Date.UTC(2026, 0, 5, 12) - 20_000;
const FIRST_BAR = START + 20_000;
const HISTORY = 210;
const PLACE = ['order.place'];

interface Story {
  /** What the strategy does at the close of each minute from the first one on. */
  readonly steps: readonly string[];
  /** Close of each minute, as a share of the price before everything. */
  readonly closes?: readonly number[];
  readonly orders?: object;
  readonly faults?: FaultPlan;
  readonly life?: readonly LifeEvent[];
  readonly balances?: Readonly<Record<string, string>>;
  readonly connectionMs?: number;
}

const at = (minutes: number): number => FIRST_BAR + minutes * MINUTE;

/** The courses of events at each of whose writes the process must be able to die. */
const STORIES: Readonly<Record<string, Story>> = {
  'market entry and stop': { steps: ['wait', 'buy'] },
  'limit entry, partly filled, then taken back': {
    steps: ['wait', 'limit'],
    faults: { requests: [{ fault: { verb: 'eng.partial', share: 0.4 }, operations: PLACE, times: 1 }] },
  },
  'stop entry, partly filled': {
    steps: ['wait', 'stop'],
    closes: [1, 1, 1.001, 1.002],
    faults: { requests: [{ fault: { verb: 'eng.partial', share: 0.5 }, operations: PLACE, times: 1 }] },
  },
  'a trailing stop that moves': {
    steps: ['wait', 'buy'],
    closes: [1, 1, 1.002, 1.004, 1.006],
    orders: { trailing_stop: { percent: 0.5 } },
  },
  'a stop that fills': { steps: ['wait', 'buy'], closes: [1, 1, 1, 0.98] },
  'an exit while a pair locks the balance': { steps: ['wait', 'buy', 'wait', 'sell'], orders: { rr_ratio: 3 } },
  'an answer that is lost': {
    steps: ['wait', 'buy', 'wait', 'sell'],
    faults: { requests: [{ fault: { verb: 'net.dropRes' }, operations: PLACE, times: 1 }] },
  },
  'a stop that the price has passed': {
    steps: ['wait', 'buy'],
    faults: {
      requests: [
        {
          fault: { verb: 'eng.reject', code: -2010, message: 'Order would trigger immediately.' },
          operations: PLACE,
          from: at(1) + 75,
          times: 1,
        },
      ],
    },
  },
  'a sale by hand': {
    steps: ['wait', 'buy'],
    faults: {
      timed: [
        { at: at(1) + 20_000, fault: { verb: 'ext.cancel', apiKey: API_KEY, symbol: 'BTCUSDT' } },
        { at: at(1) + 20_001, fault: { verb: 'ext.sell', apiKey: API_KEY, symbol: 'BTCUSDT', quantity: '0.01' } },
      ],
    },
  },
  'connections that end': { steps: ['wait', 'buy', 'wait', 'sell'], connectionMs: 70_000 },
  'a signal to stop': {
    steps: ['wait', 'limit'],
    closes: [1, 1, 1.001],
    life: [{ kind: 'terminate', at: at(1) + 5_000, restartMs: 5_000 }],
  },
  'a first start beside existing funds': {
    steps: ['wait', 'buy', 'part', 'sell'],
    orders: { partial_exits: [{ at_r: 2, fraction: 0.5 }] },
    balances: { BTC: '1.50000000', USDT: '20000' },
  },
};

export const SCENARIOS: readonly string[] = Object.keys(STORIES);

/** A scenario without a crash, or with one at the journal's write point `crashAt`, and one `again` after the restart. */
export function scenarioPlan(name: string, crashAt?: number, keepUnsynced = false, again?: number): SimPlan {
  const { steps, closes = [], orders = {}, faults = {}, life = [], balances, connectionMs } = STORIES[name];
  const price = 50_000;
  let last = price;
  const rows = Array.from({ length: HISTORY + 40 }, (_, i): Bar => {
    const close = Math.round(price * (closes[Math.min(i - HISTORY, closes.length - 1)] ?? 1));
    const open = last;
    last = close;
    const time = FIRST_BAR + (i - HISTORY) * MINUTE;
    return { time, open, high: Math.max(open, close) + 20, low: Math.min(open, close) - 20, close, volume: 10 };
  });
  const strategy = {
    name: 's',
    symbol: 'BTCUSDT',
    timeframe: '1m',
    handler: './sim.ts:Script',
    parameters: { start: FIRST_BAR, steps },
    stop: { percent: 1 },
    ...orders,
  };
  const crash: LifeEvent[] =
    crashAt === undefined
      ? []
      : [
          {
            kind: 'crashAtWrite',
            at: START,
            point: crashAt,
            keepUnsynced,
            restartMs: 3_000,
            ...(again === undefined ? {} : { again }),
          },
        ];
  return {
    seed: 1,
    start: START,
    calm: at(steps.length + 1),
    config: configOf([strategy], 5_000),
    symbols: [
      {
        name: 'BTCUSDT',
        base: 'BTC',
        quote: 'USDT',
        price: String(price),
        tickSize: '0.01',
        stepSize: '0.00001',
        minNotional: '5',
      },
    ],
    bars: [Bars.fromRows('BTCUSDT', '1m', rows)],
    prints: 4,
    balances: balances ?? { USDT: '6000' },
    fees: 'received',
    latencyMs: 25,
    faults,
    socketFaults: {},
    ...(connectionMs === undefined ? {} : { connectionMs }),
    life: [...crash, ...life],
  };
}

import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../test/servers/virtual-clock.ts';
import type { LiveOrder, LivePosition, LiveStatus } from '../runs/live-status.ts';
import { renderLive } from './live-screen.ts';
import { LiveView, type Screen } from './live-view.ts';

const plain = pc.createColors(false);
const NOON = Date.UTC(2026, 0, 5, 12);

const position: LivePosition = {
  slot: 'BTCUSDT:1h:ema-macd',
  symbol: 'BTCUSDT',
  side: 'LONG',
  quantity: 0.125,
  entryPrice: 42_000,
  entryTime: NOON - 3_600_000,
  price: 42_500.5,
  profit: 62.56,
  stopLoss: 41_000,
  takeProfit: null,
};
const order: LiveOrder = {
  symbol: 'BTCUSDT',
  strategy: 'ema-macd',
  side: 'SELL',
  type: 'stop_limit',
  role: 'stop_loss',
  quantity: 0.125,
  price: 41_000,
  filled: 0,
  state: 'working',
};

function status(change: Partial<LiveStatus> = {}, engine: Partial<LiveStatus['engine']> = {}): LiveStatus {
  return {
    time: NOON + 19_000,
    engine: {
      account: 'paper',
      mode: 'paper',
      venue: 'paper',
      run: 12,
      pid: 1,
      started: NOON,
      state: 'ACTIVE',
      blocks: [],
      quote: 'USDT',
      equity: 10_123.456,
      cash: 4_873.4,
      positions: 1,
      workingOrders: 1,
      ordersInDoubt: 0,
      strategies: [{ key: 'BTCUSDT:1h:ema-macd', enabled: true, problem: null }],
      streams: [],
      ...engine,
    },
    capital: 10_000,
    dayProfit: -3.2,
    closedTrades: 12,
    wonTrades: 7,
    positions: [position],
    orders: [order],
    clocks: [
      { timeframe: '1m', nextClose: NOON + 60_000 },
      { timeframe: '1h', nextClose: NOON + 3_600_000 },
      { timeframe: '1d', nextClose: NOON + 30 * 3_600_000 },
    ],
    health: [
      { name: 'feed', good: true, detail: '' },
      { name: 'venue', good: true, detail: '18 ms' },
    ],
    events: [
      { time: NOON, level: 'info', event: 'order_sent', fields: { side: 'BUY', quantity: 0.125 } },
      { time: NOON + 1_000, level: 'warn', event: 'feed_stale', fields: { symbol: 'ETHUSDT' } },
    ],
    ...change,
  };
}

describe('renderLive', () => {
  test('shows account, clocks, health, positions, orders and what happened last', () => {
    expect(renderLive(status(), 96, 30, plain)).toEqual([
      'valvulin on paper, run 12  ACTIVE                                                   12:00:19 UTC',
      'equity 10,123.46 USDT  +123.46 (+1.23%)  today -3.20  free 4,873.40',
      'trades 12 (7 won)  working orders 1',
      '1m 41 s  1h 59:41  1d 1 d 5 h  ',
      '+ feed  + venue 18 ms  ',
      '',
      'POSITIONS            PROFIT   STOP  QUANTITY  ENTRY    PRICE  TARGET',
      'BTCUSDT:1h:ema-macd   62.56  41000     0.125  42000  42500.5       -',
      '',
      'ORDERS            ORDER            PRICE  QUANTITY  FILLED  FOR        STATE  ',
      'BTCUSDT ema-macd  sell stop-limit  41000     0.125       0  stop_loss  working',
      '',
      '12:00:00 order sent side=BUY quantity=0.125',
      '12:00:01 feed stale symbol=ETHUSDT',
    ]);
  });

  test('says what is wrong before what is well', () => {
    const health = [{ name: 'feed', good: false, detail: 'no price of BTCUSDT for 31 s' }];
    const strategies = [{ key: 'BTCUSDT:1h:mine', enabled: true, problem: 'TypeError: x (./mine.ts:3:1)' }];
    const blocks = ['stale prices of BTCUSDT'];
    const engine = { state: 'HALT', blocks, strategies, ordersInDoubt: 2, mode: 'live', venue: 'binance' } as const;
    const text = renderLive(status({ health }, engine), 100, 30, plain).join('\n');
    expect(text).toContain('valvulin live on binance, run 12  HALT');
    expect(text).toContain('working orders 1  in doubt 2');
    expect(text).toContain('! feed no price of BTCUSDT for 31 s');
    expect(text).toContain('no entries: stale prices of BTCUSDT');
    expect(text).toContain('stopped: BTCUSDT:1h:mine: TypeError: x (./mine.ts:3:1)');
  });

  test('a narrow terminal loses columns from the right, a short one rows from the end', () => {
    const positions = Array.from({ length: 40 }, (_, i) => ({ ...position, slot: `S${i}USDT:1h:ema-macd` }));
    const lines = renderLive(status({ positions }), 40, 24, plain);
    expect(lines).toContain('POSITIONS           PROFIT   STOP');
    expect(lines).toContain('S0USDT:1h:ema-macd   62.56  41000');
    expect(lines).toContain('and 34 more');
    expect(lines.at(-1)).toBe('12:00:01 feed stale symbol=ETHUSDT');
    expect(lines.length).toBeLessThanOrEqual(24);
  });

  test('fits every terminal, whatever stands in the texts', () => {
    const nasty = fc.string({ unit: 'binary', maxLength: 60 });
    const sizes = fc.tuple(fc.integer({ min: 1, max: 160 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(sizes, nasty, fc.nat({ max: 30 }), ([width, height], text, count) => {
        const events = Array.from({ length: count }, (_, i) => ({
          time: NOON + i,
          level: 'error' as const,
          event: 'strategy_stopped',
          fields: { detail: `${text}\x1b[2J\r\n` },
        }));
        const positions = Array.from({ length: count }, () => ({ ...position, slot: text }));
        const shown = status({ events, positions }, { blocks: [text] });
        const lines = renderLive(shown, width, height, plain);
        expect(lines.length).toBeLessThanOrEqual(height);
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
        const painted = renderLive(shown, width, height, pc.createColors(true));
        expect(painted.map(stripVTControlCharacters)).toEqual(lines.map(stripVTControlCharacters));
      }),
      { numRuns: 200 },
    );
  });
});

describe('LiveView', () => {
  function stage(): { written: string[]; screen: Screen; letGo: () => void; hold: () => void } {
    const written: string[] = [];
    let held: (() => void)[] | null = null;
    return {
      written,
      screen: {
        size: () => [80, 24],
        write: (text, done) => {
          written.push(text);
          if (held) held.push(done);
          else done();
        },
        writeNow: (text) => void written.push(text),
      },
      hold: () => void (held = []),
      letGo: () => {
        const waiting = held ?? [];
        held = null;
        for (const done of waiting) done();
      },
    };
  }

  test('draws at most four times a second, and once a second where nothing happens', async () => {
    const { written, screen } = stage();
    const clock = new VirtualClock();
    let asked = 0;
    const view = new LiveView(screen, clock, plain, () => {
      asked++;
      return status();
    });
    view.start();
    for (let i = 0; i < 1_000; i++) {
      view.changed();
      if (i % 10 === 0) await clock.advance(10);
    }
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(asked).toBeLessThanOrEqual(5);
    await clock.advance(250);
    asked = 0;
    await clock.advance(10_000);
    expect(asked).toBe(10);
    await view.stop();
    expect(clock.waiting).toBe(0);
    expect(written.every((text) => !text.includes('undefined'))).toBe(true);
  });

  test('waits for no terminal, and gives the screen back after the last frame', async () => {
    const { written, screen, hold, letGo } = stage();
    const clock = new VirtualClock();
    const exits = process.listenerCount('exit');
    const view = new LiveView(screen, clock, plain, status);
    view.start();
    hold();
    for (let i = 0; i < 40; i++) {
      view.changed();
      await clock.advance(250);
    }
    // One frame is on its way to a terminal that takes nothing; no other was begun.
    expect(written.length).toBe(3);
    const stopped = view.stop();
    await clock.advance(1_000);
    expect(written.length).toBe(3);
    letGo();
    await stopped;
    expect(written.length).toBe(4);
    expect(written[0]).toBe('\x1b[?1049h\x1b[?25l\x1b[?7l');
    expect(written[1]).toMatch(/^\x1b\[Hvalvulin on paper/);
    expect(written[3]).toBe('\x1b[?7h\x1b[?25h\x1b[?1049l');
    expect(process.listenerCount('exit')).toBe(exits);
  });
});

import { describe, expect, it } from 'vitest';
import { Bars } from '../core/bars.ts';
import { SteppedClock } from './exchange-clock.ts';
import type { Exchange } from './local-exchange.ts';
import { knownBars, MarketDriver } from './market-driver.ts';
import type { ExchangeBar } from './types.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 1);

/** Notes what a driver does to an exchange, with the time at which it does it. */
class Recorder {
  readonly calls: string[] = [];
  /** How often a range step finds an order. */
  reached = 0;
  readonly #clock: SteppedClock;

  constructor(clock: SteppedClock) {
    this.#clock = clock;
  }

  exchange(): Exchange {
    const note = (what: string, symbol: string, detail: unknown): void => {
      this.calls.push(`${(this.#clock.now() - T0) / 1_000} ${what} ${symbol} ${String(detail)}`);
    };
    return {
      seed: (symbol: string, bars: readonly ExchangeBar[]) => note('seed', symbol, bars.length),
      openBar: (symbol: string, bar: ExchangeBar) => note('open', symbol, bar.open),
      stepBar: (symbol: string, bar: ExchangeBar) => {
        if (this.reached === 0) return false;
        this.reached--;
        note('step', symbol, bar.open);
        return true;
      },
      closeBar: (symbol: string, bar: ExchangeBar) => note('close', symbol, bar.close),
      trade: (symbol: string, price: string) => note('trade', symbol, price),
    } as unknown as Exchange;
  }
}

function minutes(symbol: string, count: number, skip: readonly number[] = []): Bars {
  const rows = Array.from({ length: count }, (_, i) => ({
    time: T0 + i * MINUTE,
    open: 10 + i,
    high: 12 + i,
    low: 9 + i,
    close: 11 + i,
    volume: 8,
  }));
  return Bars.fromRows(
    symbol,
    '1m',
    rows.filter((_, i) => !skip.includes(i)),
  );
}

describe('a market of bars', () => {
  it('seeds the past, then closes what closes together before the next bars open', () => {
    const clock = new SteppedClock(T0 + MINUTE);
    const recorder = new Recorder(clock);
    let over = 0;
    const driver = new MarketDriver({
      exchange: recorder.exchange(),
      clock,
      bars: knownBars([minutes('A', 3), minutes('B', 3)]),
      from: T0 + MINUTE,
      play: 'bars',
      onEnd: () => over++,
    });
    driver.start();
    clock.moveTo(T0 + 10 * MINUTE);
    expect(recorder.calls).toEqual([
      '60 seed A 1',
      '60 seed B 1',
      '60 open A 11',
      '60 open B 11',
      '120 close A 12',
      '120 close B 12',
      '120 open A 12',
      '120 open B 12',
      '180 close A 13',
      '180 close B 13',
    ]);
    expect(over).toBe(1);
    expect(driver.nextTime).toBeNull();
  });

  it('walks the range in single steps at the end of the bar', () => {
    const clock = new SteppedClock(T0);
    const recorder = new Recorder(clock);
    const bars = knownBars([minutes('A', 1)]);
    const driver = new MarketDriver({ exchange: recorder.exchange(), clock, bars, from: T0, play: 'bars' });
    recorder.reached = 2;
    const happened: boolean[] = [];
    while (driver.nextTime !== null) {
      clock.moveTo(driver.nextTime);
      happened.push(driver.play());
    }
    expect(recorder.calls).toEqual([
      '0 seed A 0',
      '0 open A 10',
      '59.999 step A 10',
      '59.999 step A 10',
      '60 close A 11',
    ]);
    expect(happened).toEqual([true, true, true, false, true]);
  });

  it('leaves holes where bars are missing, and closes the bar before on time', () => {
    const clock = new SteppedClock(T0);
    const recorder = new Recorder(clock);
    const bars = knownBars([minutes('A', 4, [1, 2])]);
    new MarketDriver({ exchange: recorder.exchange(), clock, bars, from: T0, play: 'bars' }).start();
    clock.moveTo(T0 + 10 * MINUTE);
    expect(recorder.calls.slice(1)).toEqual(['0 open A 10', '60 close A 11', '180 open A 13', '240 close A 14']);
  });

  it('plays bars as trades of several symbols in the order of their times', () => {
    const clock = new SteppedClock(T0);
    const recorder = new Recorder(clock);
    const bars = knownBars([minutes('A', 1), minutes('B', 1)]);
    new MarketDriver({ exchange: recorder.exchange(), clock, bars, from: T0, play: 4 }).start();
    clock.moveTo(T0 + MINUTE);
    expect(recorder.calls.slice(2)).toEqual([
      '0 trade A 10',
      '0 trade B 10',
      '19.999 trade A 9',
      '19.999 trade B 9',
      '39.999 trade A 12',
      '39.999 trade B 12',
      '59.999 trade A 11',
      '59.999 trade B 11',
    ]);
  });

  it('asks an endless source for more, the history included', () => {
    const clock = new SteppedClock(T0);
    const recorder = new Recorder(clock);
    const asked: number[] = [];
    const bars = (count: number): Bars[] => {
      asked.push(count);
      return [minutes('A', count)];
    };
    const from = T0 + 5_000 * MINUTE;
    const driver = new MarketDriver({ exchange: recorder.exchange(), clock, bars, from, play: 'bars' });
    driver.start();
    clock.moveTo(T0 + 9_000 * MINUTE);
    expect(asked).toEqual([4_096, 8_192, 16_384]);
    expect(recorder.calls[0]).toBe('0 seed A 5000');
    expect(recorder.calls.filter((call) => call.includes(' open '))).toHaveLength(4_001);
  });

  it('refuses bars of several timeframes', () => {
    const clock = new SteppedClock(T0);
    const hours = Bars.fromRows('B', '1h', [{ time: T0, open: 1, high: 1, low: 1, close: 1, volume: 1 }]);
    const bars = knownBars([minutes('A', 1), hours]);
    const build = (): MarketDriver =>
      new MarketDriver({ exchange: new Recorder(clock).exchange(), clock, bars, from: T0, play: 'bars' });
    expect(build).toThrow(/one timeframe/);
  });
});

describe('a market of trades', () => {
  it('plays each at its time, and what is overdue at once', () => {
    const clock = new SteppedClock(T0 + 5_000);
    const recorder = new Recorder(clock);
    const trades = [1_000, 6_000, 6_000].map((ms, n) => ({
      symbol: 'A',
      time: T0 + ms,
      price: String(n),
      quantity: '1',
    }));
    const driver = new MarketDriver({ exchange: recorder.exchange(), clock, trades });
    driver.start();
    clock.moveTo(T0 + 5_500);
    expect(recorder.calls).toEqual(['5 trade A 0']);
    driver.stop();
    clock.moveTo(T0 + 7_000);
    expect(recorder.calls).toHaveLength(1);
    driver.start();
    clock.moveTo(T0 + 7_000);
    expect(recorder.calls.slice(1)).toEqual(['7 trade A 1', '7 trade A 2']);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BarWindow } from '../core/bar-window.ts';
import type { Clock } from '../core/ports.ts';
import { DEFAULT_ORDERS } from '../core/settings.ts';
import { syntheticBars } from '../data/synthetic/index.ts';
import { InlineLiveHost } from '../execution/inline-live-host.ts';
import type { LiveStrategySpec, StrategyQuestion, StrategyReply } from '../execution/live-host.ts';
import { loadStrategy } from './load-strategy.ts';
import { WorkerHost } from './worker-host.ts';

/** Time that stands still until it jumps, past what was due as well; tells when somebody waits for it. */
class HeldClock implements Clock {
  #time = 0;
  #timers: { at: number; run: () => void }[] = [];
  #watchers: (() => void)[] = [];
  now = (): number => this.#time;
  monotonic = (): number => this.#time;
  after(ms: number, run: () => void): { cancel: () => void } {
    const timer = { at: this.#time + ms, run };
    this.#timers.push(timer);
    for (const seen of this.#watchers.splice(0)) seen();
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }
  /** Moves on, then calls what is due. */
  pass(ms: number): void {
    this.#time += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#time);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { run } of due) run();
  }
  nextTimer(): Promise<void> {
    return new Promise((seen) => this.#watchers.push(seen));
  }
}

const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 3, bars: 3_000 });
const ORDERS = { ...DEFAULT_ORDERS, stop: { atr: 2, atrLength: 14 } };
const folder = mkdtempSync(join(tmpdir(), 'valvulin-threads-'));

let slots = 0;
function spec(handler: string, params: Record<string, unknown> = {}): LiveStrategySpec {
  const slot = slots++;
  return {
    key: `BTCUSDT:1h:${handler}`,
    handler,
    params,
    slots: [{ slot, symbol: 'BTCUSDT', timeframe: '1h', orders: ORDERS }],
  };
}

function question({ key, slots: [{ slot }] }: LiveStrategySpec, window: BarWindow): StrategyQuestion {
  const view = window.last();
  const time = view.closeTime(view.length - 1);
  const slotView = { slot, bars: view, position: 0, entryPrice: Number.NaN };
  return { strategy: key, time, slots: [slotView], equity: 1_000, free: 500 };
}

function windowAt(end: number): BarWindow {
  const window = new BarWindow('BTCUSDT', '1h', 1_700);
  window.appendAll(bars.slice(0, end));
  return window;
}

const withoutTime = (replies: readonly StrategyReply[]): unknown[] =>
  replies.map((reply) => (reply.kind === 'answered' ? { ...reply, ms: 0 } : reply));

beforeAll(() => {
  writeFileSync(
    join(folder, 'typed.ts'),
    `enum Side { Long = 1, Out = -1 }
type Row = { readonly close: Float64Array; readonly length: number };

function last(bars: Row): number {
  if (bars.close[bars.length - 1] > 0) throw new RangeError('no such price\\nsecond line');
  return 0;
}
class Own {
  params = {};
  get history(): number { return 20; }
  run(bars: Row) { return this.generateSignals(bars); }
}
export class Throws extends Own {
  generateSignals(bars: Row) {
    return { signal: new Int8Array(bars.length).fill(last(bars)), columns: {} };
  }
}
export class Fine extends Own {
  generateSignals(bars: Row) {
    return { signal: new Int8Array(bars.length).fill(Side.Out), columns: { stop_loss: bars.close } };
  }
}
`,
  );
  writeFileSync(
    join(folder, 'wild.mjs'),
    `class Own {
  params = {};
  get history() { return 20; }
  run(bars) { return this.generateSignals(bars); }
  say(bars, value) { return { signal: new Int8Array(bars.length).fill(value), columns: {} }; }
}
export class Hangs extends Own { generateSignals(bars) { for (;;); } }
export class Ends extends Own { generateSignals(bars) { process.exit(3); } }
export class Late extends Own {
  generateSignals(bars) {
    setTimeout(() => { throw new TypeError('nobody awaits this'); });
    return this.say(bars, 1);
  }
}
export class Rejects extends Own {
  generateSignals(bars) {
    Promise.reject(new Error('lost'));
    return this.say(bars, 1);
  }
}
export class Scribbles extends Own {
  generateSignals(bars) {
    bars.close.fill(7);
    return this.say(bars, 1);
  }
}
export class Prints extends Own {
  generateSignals(bars) {
    console.log('keys:', Object.keys(process.env).length);
    return this.say(bars, 1);
  }
}
export class Infinite extends Own {
  generateSignals(bars) { return { ...this.say(bars, 1), columns: { stop_loss: new Float64Array(bars.length).fill(1 / 0) } }; }
}
export class Steady extends Own { generateSignals(bars) { return this.say(bars, -1); } }
`,
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('WorkerHost', () => {
  const clock = new HeldClock();
  let output = '';
  let host = newHost();

  function newHost(): WorkerHost {
    return new WorkerHost({ baseDir: folder, clock, onOutput: (text) => void (output += text) });
  }

  afterEach(async () => {
    await host.stop();
    host = newHost();
    output = '';
  });

  test('answers what strategies answer in the same thread, whichever bar they are shown', async () => {
    const names = ['EMAMACDStrategy', 'CandlestickPatternStrategy', 'MomentumBurstStrategy', 'PullbackEMAStrategy'];
    const specs = names.map((name) => spec(`strategies:${name}`));
    const inline = new InlineLiveHost({ loadClass: (handler) => loadStrategy(handler, folder), clock });
    expect(await host.load(specs)).toEqual(await inline.load(specs));
    const window = windowAt(2_000);
    let spoken = 0;
    for (let i = 2_000; i < 2_400; i++) {
      const questions = specs.map((one) => question(one, window));
      const replies = await host.decide(questions);
      expect(withoutTime(replies)).toEqual(await inline.decide(questions));
      spoken += replies.filter((reply) => reply.kind === 'answered' && reply.answers.length > 0).length;
      const next = bars.at(i);
      if (next) window.append(next);
    }
    expect(spoken).toBeGreaterThan(50);
  });

  test('takes bars on ordinary memory too', async () => {
    const one = spec('./wild.mjs:Steady');
    await host.load([one]);
    const [view] = question(one, windowAt(100)).slots;
    const plain = { ...question(one, windowAt(100)), slots: [{ ...view, bars: bars.slice(10, 100) }] };
    expect(await host.decide([plain])).toMatchObject([{ kind: 'answered', answers: [{ signal: -1 }] }]);
  });

  test('stops a strategy that throws, names its line, and goes on with the others', async () => {
    const throws = spec('./typed.ts:Throws');
    const fine = spec('./typed.ts:Fine');
    await host.load([throws, fine]);
    const ask = () => host.decide([throws, fine, throws].map((one) => question(one, windowAt(60))));
    const failure = {
      kind: 'failed',
      strategy: throws.key,
      failed: 'threw',
      detail: 'RangeError: no such price (./typed.ts:5:46)',
    };
    const close = bars.close[59];
    const answered = { kind: 'answered', answers: [{ signal: -1, stopLoss: close, takeProfit: null }] };
    expect(await ask()).toMatchObject([failure, answered, failure]);
    expect(await ask()).toMatchObject([failure, answered, failure]);
    await host.load([fine]);
    expect(await ask()).toMatchObject([failure, answered, failure]);
  });

  test('stops a strategy that hangs at its deadline; those of its file go on in a new thread', async () => {
    const [hangs, steady] = [spec('./wild.mjs:Hangs'), spec('./wild.mjs:Steady')];
    const fine = spec('./typed.ts:Fine');
    await host.load([hangs, steady, fine]);
    const window = windowAt(60);
    const first = host.decide([question(fine, window)]);
    const rest = host.decide([hangs, steady].map((one) => question(one, window)));
    expect(await first).toMatchObject([{ kind: 'answered' }]);
    clock.pass(4_999);
    clock.pass(1);
    expect(await rest).toMatchObject([
      { kind: 'failed', strategy: hangs.key, failed: 'timeout', detail: 'it did not answer within 5000 ms' },
      { kind: 'answered', strategy: steady.key },
    ]);
    expect(await host.decide([question(hangs, window)])).toMatchObject([{ kind: 'failed', failed: 'timeout' }]);
  });

  test('blames nobody where the whole process stood still', async () => {
    const hangs = spec('./wild.mjs:Hangs');
    await host.load([hangs]);
    const asked = host.decide([question(hangs, windowAt(60))]);
    let over = false;
    void asked.then(() => void (over = true));
    const again = clock.nextTimer();
    clock.pass(60_000);
    await again;
    expect(over).toBe(false);
    clock.pass(5_000);
    expect(await asked).toMatchObject([{ kind: 'failed', failed: 'timeout' }]);
  });

  test('a strategy that ends its thread takes no other with it', async () => {
    const [ends, steady] = [spec('./wild.mjs:Ends'), spec('./wild.mjs:Steady')];
    await host.load([ends, steady]);
    const replies = await host.decide([ends, steady, ends].map((one) => question(one, windowAt(60))));
    const failure = { kind: 'failed', strategy: ends.key, failed: 'exited', detail: 'its thread ended with code 3' };
    expect(replies).toMatchObject([failure, { kind: 'answered', strategy: steady.key }, failure]);
  });

  test('an error that comes later, between bars, is told at the next bar', async () => {
    const late = spec('./wild.mjs:Late');
    await host.load([late]);
    const ask = () => host.decide([question(late, windowAt(60))]);
    expect(await ask()).toMatchObject([{ kind: 'answered' }]);
    let [reply] = await ask();
    while (reply.kind === 'answered') [reply] = await ask();
    const detail = 'TypeError: nobody awaits this (outside of its answers)';
    expect(reply).toMatchObject({ failed: 'exited', detail });
  });

  test('a promise that nobody awaits is blamed on the strategy that made it, not on the next', async () => {
    const [rejects, steady] = [spec('./wild.mjs:Rejects'), spec('./wild.mjs:Steady')];
    await host.load([rejects, steady]);
    const ask = () => host.decide([rejects, steady].map((one) => question(one, windowAt(60))));
    expect(await ask()).toMatchObject([{ kind: 'answered' }, { kind: 'answered', strategy: steady.key }]);
    expect(await ask()).toMatchObject([
      { failed: 'exited', detail: 'Error: lost (outside of its answers)' },
      { kind: 'answered' },
    ]);
  });

  test('a strategy that writes into its bars changes them for itself only', async () => {
    const [scribbles, fine] = [spec('./wild.mjs:Scribbles'), spec('./typed.ts:Fine')];
    await host.load([scribbles, fine]);
    const window = windowAt(60);
    await host.decide([question(scribbles, window)]);
    const close = bars.close[59];
    expect(await host.decide([question(fine, window)])).toMatchObject([{ answers: [{ stopLoss: close }] }]);
  });

  test('an infinite price is an error of the strategy', async () => {
    const infinite = spec('./wild.mjs:Infinite');
    await host.load([infinite]);
    const [reply] = await host.decide([question(infinite, windowAt(60))]);
    expect(reply).toMatchObject({ failed: 'threw', detail: expect.stringContaining('finite number for "stopLoss"') });
  });

  test('hands over what strategies print, and shows them no environment', async () => {
    const prints = spec('./wild.mjs:Prints');
    await host.load([prints]);
    await host.decide([question(prints, windowAt(60))]);
    await host.stop();
    expect(output).toBe('keys: 0\n');
  });

  test('where one strategy does not load, nothing changes', async () => {
    const steady = spec('./wild.mjs:Steady');
    await host.load([steady]);
    const wrong = [
      [spec('./wild.mjs:Steddy'), 'VLV_STRATEGY_LOAD'],
      [spec('./nowhere.ts:Steady'), 'VLV_STRATEGY_LOAD'],
      [spec('strategies:EMAMACDStrategy', { emaShort: 'x' }), 'VLV_STRATEGY_PARAMS'],
    ] as const;
    for (const [one, code] of wrong) {
      await expect(host.load([spec('./typed.ts:Fine'), one])).rejects.toMatchObject({ code });
      expect(await host.decide([question(one, windowAt(60))])).toMatchObject([{ failed: 'exited' }]);
    }
    expect(await host.decide([question(steady, windowAt(60))])).toMatchObject([{ kind: 'answered' }]);
  });

  test('loads a changed file afresh, and forgets what was unloaded', async () => {
    const file = join(folder, 'changing.mjs');
    const text = (value: number): string => `export class Changing {
  params = { value: ${value} };
  get history() { return 5; }
  run(bars) { return this.generateSignals(bars); }
  generateSignals(bars) { return { signal: new Int8Array(bars.length).fill(${value}), columns: {} }; }
}`;
    writeFileSync(file, text(1));
    const one = spec('./changing.mjs:Changing');
    expect(await host.load([one])).toMatchObject([{ kind: 'signals', history: 1_120, params: { value: 1 } }]);
    writeFileSync(file, text(-1));
    const ask = () => host.decide([question(one, windowAt(60))]);
    expect(await ask()).toMatchObject([{ answers: [{ signal: 1 }] }]);
    expect(await host.load([one])).toMatchObject([{ params: { value: -1 } }]);
    expect(await ask()).toMatchObject([{ answers: [{ signal: -1 }] }]);
    host.unload(one.key);
    expect(await ask()).toMatchObject([{ kind: 'failed', detail: 'it is not loaded' }]);
  });

  test('a stop answers what is still open', async () => {
    const hangs = spec('./wild.mjs:Hangs');
    await host.load([hangs]);
    const asked = host.decide([question(hangs, windowAt(60)), question(hangs, windowAt(60))]);
    await host.stop();
    expect(await asked).toMatchObject([{ detail: 'the engine stops' }, { detail: 'the engine stops' }]);
  });
});

import { describe, expect, it } from 'vitest';
import { FeedRun, MINUTE, START, truth } from '../../../test/servers/feed-run.ts';
import type { Frame } from '../../../test/servers/truth-market.ts';
import { resample } from '../../core/resample.ts';

const closing = ({ data }: Frame): boolean => data.k.x === true;

/** Everything released is the truth, whole and in order, for both symbols. */
function expectTruth(run: FeedRun, least: number): void {
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
    expect(run.series(symbol)).toEqual(run.truth(symbol));
    expect(run.series(symbol).length).toBeGreaterThanOrEqual(least);
  }
}

describe('a live feed in good weather', () => {
  it('releases each closed bar once, at its close, behind the open of the next', async () => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(10 * MINUTE);
    expectTruth(run, 10);
    const told = run.events.filter((event) => event.kind === 'bar' || event.kind === 'open');
    const btc = told.filter(({ symbol }) => symbol === 'BTCUSDT').map(({ kind }) => kind);
    expect(btc.slice(0, 5)).toEqual(['bar', 'open', 'bar', 'open', 'bar']);
    expect(run.bars('BTCUSDT').every(({ late, source }) => !late && source === 'stream')).toBe(true);
    const opens = run.of('open').filter(({ symbol }) => symbol === 'BTCUSDT');
    const next = run.bars('BTCUSDT').find(({ bar }) => bar.time === opens[0].time);
    expect(opens[0].price).toBe(next?.bar.open);
    expect(run.healthy('BTCUSDT')).toBe(true);
    expect(run.of('connection').map(({ up }) => up)).toEqual([true]);
    await run.feed.stop();
  });

  it('starts with the bar that is open, or behind the last one of a warm-up', async () => {
    const run = new FeedRun();
    run.feed.continueAfter('ETHUSDT', '1m', START - 20_000 - 30 * MINUTE);
    await run.start();
    await run.clock.advance(2 * MINUTE);
    expect(run.bars('BTCUSDT')[0].bar.time).toBe(START - 20_000);
    const [first] = run.bars('ETHUSDT');
    expect([first.bar.time, first.late, first.source]).toEqual([START - 20_000 - 29 * MINUTE, true, 'rest']);
    expectTruth(run, 2);
    await run.feed.stop();
  });

  it('keeps to each stream’s own beginning where several are served from one', async () => {
    const streams = (['5m', '10m'] as const).map((timeframe) => ({ symbol: 'BTCUSDT', timeframe }));
    const run = new FeedRun({ streams });
    const noon = START - 20_000;
    run.feed.continueAfter('BTCUSDT', '10m', noon - 40 * MINUTE);
    await run.start();
    await run.clock.advance(11 * MINUTE);
    expect([...run.series('BTCUSDT', '5m').time]).toEqual([noon, noon + 5 * MINUTE]);
    expect(run.bars('BTCUSDT', '10m').map(({ bar, late }) => [(bar.time - noon) / MINUTE, late])).toEqual([
      [-30, true],
      [-20, true],
      [-10, true],
      [0, false],
    ]);
    await run.feed.stop();
  });

  it('takes published timeframes as they are and builds the others with the bits of resample', async () => {
    const streams = (['1m', '5m', '7m', '10m', '90m'] as const).map((timeframe) => ({ symbol: 'BTCUSDT', timeframe }));
    const run = new FeedRun({ streams, bars: truth(['BTCUSDT'], 600) });
    await run.start();
    await run.clock.advance(400 * MINUTE);
    for (const timeframe of ['1m', '5m', '90m'] as const) {
      expect(run.series('BTCUSDT', timeframe).length).toBeGreaterThan(2);
    }
    expect(run.series('BTCUSDT', '5m')).toEqual(run.truth('BTCUSDT', '5m'));
    for (const [base, timeframe] of [
      ['1m', '7m'],
      ['5m', '10m'],
      ['30m', '90m'],
    ] as const) {
      const built = run.series('BTCUSDT', timeframe);
      const all = resample(run.market.closed('BTCUSDT', base), timeframe);
      expect(built).toEqual(all.between(built.time[0], Number.POSITIVE_INFINITY));
      expect(built.time[0]).toBeLessThanOrEqual(START);
    }
    await run.feed.stop();
  });

  it('compares every bar with REST afterwards, and only then where it is told to', async () => {
    const run = new FeedRun({ confirm: 'off' });
    await run.start();
    const before = run.market.asked('/api/v3/klines');
    await run.clock.advance(5 * MINUTE);
    expect(run.market.asked('/api/v3/klines')).toBe(before);
    run.market.fault = (frame) => [changed(frame, { v: '0', n: 0 })];
    await run.clock.advance(MINUTE);
    expect(run.bars('BTCUSDT').at(-1)?.bar.volume).toBe(0);
    const strict = new FeedRun({ confirm: 'before' });
    await strict.start();
    await strict.clock.advance(5 * MINUTE);
    expectTruth(strict, 5);
    expect(strict.bars('BTCUSDT').every(({ source, late }) => source === 'rest' && !late)).toBe(true);
    for (const each of [run, strict]) await each.feed.stop();
  });
});

describe('faults of the stream', () => {
  it.each([
    ['lost closing frames', (frame: Frame) => (closing(frame) && frame.data.E % (3 * MINUTE) === 0 ? [] : [frame])],
    ['no frame of a bar at all', (frame: Frame) => (Number(frame.data.k.t) % (4 * MINUTE) === 0 ? [] : [frame])],
    ['doubled frames', (frame: Frame) => [frame, frame, frame]],
    ['text that is no JSON object', (frame: Frame) => [frame, 17, null, [], 'x', { result: 1 }, { data: 3 }]],
    ['closing frames that say nothing traded', (frame: Frame) => [changed(frame, { v: '0', n: 0 })]],
    ['a closing price far off', (frame: Frame) => [changed(frame, { c: '1000000', h: '1000000' })]],
    ['a closing price of zero', (frame: Frame) => [changed(frame, { c: '0' })]],
    ['an empty closing price', (frame: Frame) => [changed(frame, { c: '' })]],
    ['open times off the grid', (frame: Frame) => [changed(frame, { t: Number(frame.data.k.t) + 1 })]],
    ['closing frames before the close', (frame: Frame) => [changed(frame, { x: true }, false), frame]],
    ['bars of the future', (frame: Frame) => [frame, changed(frame, { t: Number(frame.data.k.t) + 60 * MINUTE })]],
  ])('%s: the bars are the truth all the same', async (_name, fault) => {
    const run = new FeedRun();
    run.market.fault = fault;
    await run.start();
    await run.clock.advance(12 * MINUTE);
    expectTruth(run, 12);
    expect(run.of('gap')).toEqual([]);
    const opens = run.of('open').filter(({ symbol }) => symbol === 'BTCUSDT');
    expect(opens.length).toBeGreaterThanOrEqual(8);
    for (const { time, price } of opens.slice(0, -1)) {
      expect(run.bars('BTCUSDT').find(({ bar }) => bar.time === time)?.bar.open).toBe(price);
    }
    await run.feed.stop();
  });

  it('delayed, reordered and replayed frames change nothing', async () => {
    const run = new FeedRun();
    const seen: Frame[] = [];
    let n = 0;
    run.market.fault = (frame, socket) => {
      seen.push(frame);
      n++;
      if (n % 5 === 0) {
        run.clock.after(70_000, () => socket.deliver(frame));
        return [];
      }
      return n % 3 === 0 ? [frame, seen[n >> 1], seen[0]] : [frame];
    };
    await run.start();
    await run.clock.advance(20 * MINUTE);
    expectTruth(run, 20);
    const prices = run.of('price').filter(({ symbol }) => symbol === 'BTCUSDT');
    expect(prices.every(({ time }, i) => i === 0 || time > prices[i - 1].time)).toBe(true);
    await run.feed.stop();
  });

  it('a bad value stops one symbol and no other, until a good one comes', async () => {
    const run = new FeedRun();
    let bad = true;
    run.market.fault = (frame) => [bad && frame.data.s === 'ETHUSDT' ? changed(frame, { c: 'NaN' }, false) : frame];
    await run.start();
    await run.clock.advance(MINUTE);
    expect([run.healthy('BTCUSDT'), run.healthy('ETHUSDT')]).toEqual([true, false]);
    expect(run.reasons().join()).toContain('got "');
    bad = false;
    await run.clock.advance(MINUTE);
    expect(run.healthy('ETHUSDT')).toBe(true);
    await run.feed.stop();
  });

  it('a closed bar that REST corrects later is told as a revision, and released once', async () => {
    const run = new FeedRun();
    run.market.fault = (frame) => [changed(frame, { v: String(Number(frame.data.k.v) + 1) })];
    await run.start();
    await run.clock.advance(3 * MINUTE);
    const bars = run.bars('BTCUSDT');
    const revisions = run.of('revision').filter(({ symbol }) => symbol === 'BTCUSDT');
    expect(revisions.length).toBe(bars.length);
    expect(revisions[0].released).toEqual(bars[0].bar);
    expect(revisions[0].revised).toEqual(run.truth('BTCUSDT').at(0));
    await run.feed.stop();
  });

  it('bars that come long after their close are late, all others are not', async () => {
    const run = new FeedRun();
    run.market.reply = (url) =>
      url.pathname === '/api/v3/klines' && run.market.time() < START + 5 * MINUTE ? new Error('reset') : undefined;
    run.market.fault = (frame) => (closing(frame) && Number(frame.data.k.t) < START + 2 * MINUTE ? [] : [frame]);
    await run.start();
    await run.clock.advance(10 * MINUTE);
    expectTruth(run, 10);
    const late = run.bars('BTCUSDT').map((event) => event.late);
    expect(late.slice(0, 4)).toEqual([true, true, true, true]);
    expect(late.slice(6)).toEqual(late.slice(6).map(() => false));
    expect(run.reasons().join()).toContain('is missing: Expected an answer, got "reset"');
    expect(run.healthy('BTCUSDT')).toBe(true);
    await run.feed.stop();
  });
});

describe('holes of the exchange itself', () => {
  it('are told once REST has shown twice what lies behind them', async () => {
    const run = new FeedRun();
    const hole = (time: number): boolean => time >= START + 2 * MINUTE && time < START + 5 * MINUTE;
    run.market.fault = (frame) => (hole(Number(frame.data.k.t)) ? [] : [frame]);
    run.market.rows = (rows) => rows.filter(([time]) => !hole(Number(time)));
    await run.start();
    await run.clock.advance(10 * MINUTE);
    const [gap, ...more] = run.of('gap').filter(({ symbol }) => symbol === 'BTCUSDT');
    expect(more).toEqual([]);
    expect([gap.missing, gap.next - gap.after]).toEqual([3, 4 * MINUTE]);
    const times = [...run.series('BTCUSDT').time];
    expect(times).toEqual([...run.truth('BTCUSDT').time].filter((time) => !hole(time)));
    expect(run.healthy('BTCUSDT')).toBe(true);
    await run.feed.stop();
  });

  it('that last are asked about ever more rarely, and make the symbol unfit to trade', async () => {
    const run = new FeedRun();
    await run.start();
    run.market.fault = () => [];
    run.market.rows = () => [];
    await run.clock.advance(30 * MINUTE);
    const perSymbol = run.market.asked('/api/v3/klines') / 2;
    expect(perSymbol).toBeGreaterThan(20);
    expect(perSymbol).toBeLessThan(2 * 30 + 2 * 30 + 10);
    expect([run.healthy('BTCUSDT'), run.healthy('ETHUSDT')]).toEqual([false, false]);
    expect(run.reasons().join()).toContain('is missing: the exchange does not have it');
    await run.feed.stop();
  });

  it('are not believed of an answer that merely lags', async () => {
    const run = new FeedRun();
    const lost = (time: number): boolean => time % (4 * MINUTE) === 0;
    run.market.fault = (frame) => (lost(Number(frame.data.k.t)) ? [] : [frame]);
    // REST has the lost bar only a second after the one behind it has closed, and shows that one before.
    run.market.rows = (rows) =>
      rows.filter(([time]) => !lost(Number(time)) || run.market.time() > Number(time) + 2 * MINUTE + 1_000);
    await run.start();
    await run.clock.advance(14 * MINUTE);
    expectTruth(run, 13);
    expect(run.of('gap')).toEqual([]);
    // The bar behind a lost one is released in time all the same.
    expect(run.bars('BTCUSDT').every(({ bar, late }) => late === lost(bar.time))).toBe(true);
    await run.feed.stop();
  });
});

/** The frame with other kline fields; only closing frames unless `closed` is false. */
function changed(frame: Frame, fields: Record<string, unknown>, closed = true): Frame {
  if (closed && !closing(frame)) return frame;
  return { ...frame, data: { ...frame.data, k: { ...frame.data.k, ...fields } } };
}

import { describe, expect, it } from 'vitest';
import { FeedRun, MINUTE, START, truth } from '../../../test/servers/feed-run.ts';
import type { Bars } from '../../core/bars.ts';
import type { Frame } from '../../../test/servers/truth-market.ts';

const HOUR = 60 * MINUTE;

function expectTruth(run: FeedRun, least: number): void {
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
    expect(run.series(symbol)).toEqual(run.truth(symbol));
    expect(run.series(symbol).length).toBeGreaterThanOrEqual(least);
  }
}

/** A market in which nothing trades. */
function flat(): readonly Bars[] {
  return truth(['BTCUSDT', 'ETHUSDT'], 400).map((bars) => {
    (bars.volume as Float64Array).fill(0);
    return bars;
  });
}

describe('dead streams', () => {
  it('a half-open connection is replaced within a minute, and what it swallowed comes by REST', async () => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(2 * MINUTE);
    const cut = run.clock.monotonic();
    run.market.live[0].halfOpen = true;
    await run.clock.advance(5 * MINUTE);
    expect(run.market.sockets.length).toBe(2);
    expect(run.market.sockets[1].openedAt - cut).toBeLessThan(MINUTE);
    expect(run.of('connection').map(({ up }) => up)).toEqual([true, false, true]);
    expectTruth(run, 7);
    await run.feed.stop();
  });

  it('a socket that only pings is cut, once REST shows trades that no stream brought', async () => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(2 * MINUTE);
    const silent = run.market.live[0];
    run.market.fault = (frame, socket) => (socket === silent ? [] : [frame]);
    const since = run.clock.monotonic();
    await run.clock.advance(10 * MINUTE);
    expect(silent.over).toBe(true);
    expect(run.market.sockets[1].openedAt - since).toBeLessThan(1.5 * MINUTE);
    expect(run.reasons().join()).toContain('its stream shows nothing');
    expect([run.healthy('BTCUSDT'), run.healthy('ETHUSDT')]).toEqual([true, true]);
    expectTruth(run, 12);
    await run.feed.stop();
  });

  it('one silent stream on a living socket is found too; the others go on meanwhile', async () => {
    const run = new FeedRun();
    await run.start();
    const first = run.market.live[0];
    run.market.fault = (frame, socket) => (socket === first && frame.data.s === 'ETHUSDT' ? [] : [frame]);
    await run.clock.advance(5 * MINUTE);
    const unhealthy = run.of('health').filter(({ healthy }) => !healthy);
    expect(unhealthy.filter(({ reason }) => reason.includes('shows nothing')).map(({ symbol }) => symbol)).toEqual([
      'ETHUSDT',
    ]);
    expect(run.market.sockets.length).toBe(2);
    expect(first.over).toBe(true);
    expect(run.of('connection').map(({ up }) => up)).toEqual([true]);
    expectTruth(run, 5);
    expect(run.healthy('ETHUSDT')).toBe(true);
    await run.feed.stop();
  });

  it('old frames that are repeated for ever do not keep a stream fresh', async () => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(2 * MINUTE);
    const first = run.market.live[0];
    let last: Frame | undefined;
    run.market.fault = (frame, socket) => (socket === first ? [(last ??= frame)] : [frame]);
    await run.clock.advance(5 * MINUTE);
    expect(first.over).toBe(true);
    expectTruth(run, 7);
    await run.feed.stop();
  });

  it('a market without trades is quiet, not dead', async () => {
    const run = new FeedRun({ bars: flat() });
    run.market.fault = (frame) => (frame.data.k.x === true ? [frame] : []);
    await run.start();
    await run.clock.advance(30 * MINUTE);
    expect(run.market.sockets.length).toBe(1);
    expect(run.reasons().filter((reason) => !reason.endsWith('connecting'))).toEqual([]);
    await run.feed.stop();
  });
});

describe('connections', () => {
  it('without pings are replaced within a minute, even where nothing trades', async () => {
    const run = new FeedRun({ bars: flat() });
    await run.start();
    await run.clock.advance(2 * MINUTE);
    const cut = run.clock.monotonic();
    run.market.live[0].halfOpen = true;
    await run.clock.advance(2 * MINUTE);
    expect(run.market.sockets[1].openedAt - cut).toBeLessThan(MINUTE);
    await run.feed.stop();
  });

  it('are rotated once a day over 72 hours: no gap, no doubt, every bar once', async () => {
    const run = new FeedRun({ bars: truth(['BTCUSDT', 'ETHUSDT'], 120 + 73 * 60) });
    await run.start();
    await run.clock.advance(72 * HOUR);
    expect(run.market.sockets.length).toBe(1 + 3);
    const lives = run.market.sockets.map(({ openedAt }) => openedAt);
    for (let i = 1; i < lives.length; i++) expect(lives[i] - lives[i - 1]).toBeGreaterThan(23 * HOUR - MINUTE);
    expect(run.market.live.length).toBe(1);
    expect(run.of('connection').map(({ up }) => up)).toEqual([true]);
    expectTruth(run, 72 * 60);
    expect(run.bars('BTCUSDT').every(({ late, source }) => !late && source === 'stream')).toBe(true);
    expect(run.reasons().filter((reason) => !reason.endsWith('connecting'))).toEqual([]);
    await run.feed.stop();
    await run.clock.advance(MINUTE);
    expect(run.market.live).toEqual([]);
  }, 60_000);

  it('are replaced as soon as the server says that it shuts down', async () => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(MINUTE);
    const [first] = run.market.live;
    first.deliver({ stream: '!serverShutdown', data: { e: 'serverShutdown', E: run.market.time() } });
    await run.clock.advance(2_000);
    expect(run.market.live.length).toBe(2);
    await run.clock.advance(10_000);
    expect(first.over).toBe(true);
    await run.clock.advance(2 * MINUTE);
    expect(run.of('connection').map(({ up }) => up)).toEqual([true]);
    expectTruth(run, 3);
    await run.feed.stop();
  });

  it('that do not answer when they are closed are cut', async () => {
    const run = new FeedRun();
    await run.start();
    const [first] = run.market.live;
    first.deliver({ e: 'serverShutdown', E: run.market.time() });
    first.halfOpen = true;
    await run.clock.advance(10_000);
    expect(first.over).toBe(false);
    await run.clock.advance(10_000);
    expect(first.over).toBe(true);
    expect(run.market.live.length).toBe(1);
    await run.feed.stop();
  });

  it('that are refused for ten minutes are tried ever more rarely; what happened meanwhile is made up for', async () => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(MINUTE);
    run.market.refuse = true;
    run.market.live[0].end(1006, 'reset');
    await run.clock.advance(10 * MINUTE);
    const attempts = run.market.sockets.length - 1;
    expect(attempts).toBeGreaterThan(8);
    expect(attempts).toBeLessThan(25);
    // Without any stream the bars still come, by REST, a little later.
    expectTruth(run, 10);
    expect(run.healthy('BTCUSDT')).toBe(false);
    run.market.refuse = false;
    await run.clock.advance(3 * MINUTE);
    expect(run.healthy('BTCUSDT')).toBe(true);
    expectTruth(run, 13);
    await run.feed.stop();
  });

  it('send their subscriptions within the message limit, at most 400 streams each', async () => {
    const symbols = Array.from({ length: 900 }, (_, i) => `S${i}USDT`);
    const streams = symbols.map((symbol) => ({ symbol, timeframe: '1m' as const }));
    const [one] = truth(['BTCUSDT'], 130);
    const run = new FeedRun({
      streams,
      bars: symbols.map((symbol) =>
        Object.assign(Object.create(Object.getPrototypeOf(one)) as typeof one, one, { symbol }),
      ),
      confirm: 'off',
    });
    await run.start(10_000);
    expect(run.market.live.map((socket) => socket.streams.size)).toEqual([400, 400, 100]);
    for (const { messages } of run.market.live) {
      expect(messages.length).toBeGreaterThan(0);
      for (let i = 1; i < messages.length; i++) expect(messages[i] - messages[i - 1]).toBeGreaterThanOrEqual(250);
    }
    await run.feed.stop();
  });

  it('whose subscription is refused are not taken for good', async () => {
    const run = new FeedRun();
    await run.start();
    const [first] = run.market.live;
    first.deliver({ code: 2, msg: 'Invalid request: unknown stream' });
    await run.clock.advance(2_000);
    expect(run.of('connection')[1]).toMatchObject({ up: false, reason: expect.stringContaining('Invalid request') });
    expect(run.market.live.length).toBe(1);
    await run.feed.stop();
  });
});

describe('an exchange that wants to be left alone', () => {
  it.each([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '30' } }, 30],
    ['418 with Retry-After', { status: 418, headers: { 'retry-after': '600' } }, 600],
    [
      '418 with a time in its message',
      { status: 418, body: `{"code":-1003,"msg":"banned until ${START + 400_000}."}` },
      300,
    ],
    ['403 of a firewall', { status: 403, body: '<html>' }, 300],
  ])('%s: no request before the time is over', async (_name, refusal, seconds) => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(MINUTE);
    let refused: number | undefined;
    run.market.reply = () => {
      if (refused !== undefined) return undefined;
      refused = run.clock.monotonic();
      return refusal;
    };
    // Nothing but REST can bring these bars.
    run.market.fault = () => [];
    await run.clock.advance(20 * MINUTE);
    const after = run.market.requests.map(({ at }) => at).filter((at) => at > (refused ?? 0));
    expect(Math.min(...after) - (refused ?? 0)).toBeGreaterThanOrEqual(seconds * 1_000 - 50);
    expectTruth(run, 15);
    await run.feed.stop();
  });

  it('uses a small part of the weight for two hundred series', async () => {
    const symbols = Array.from({ length: 200 }, (_, i) => `S${i}USDT`);
    const [one] = truth(['BTCUSDT'], 160);
    const run = new FeedRun({
      streams: symbols.map((symbol) => ({ symbol, timeframe: '1m' as const })),
      bars: symbols.map((symbol) =>
        Object.assign(Object.create(Object.getPrototypeOf(one)) as typeof one, one, { symbol }),
      ),
    });
    await run.start();
    const before = run.market.requests.length;
    await run.clock.advance(5 * MINUTE);
    const perMinute = (run.market.requests.length - before) / 5;
    expect(perMinute).toBeLessThan(230);
    await run.feed.stop();
  });
});

describe('time', () => {
  it('is the exchange’s, whatever the machine’s clock says, and a wrong one is told', async () => {
    const run = new FeedRun();
    run.market.skew = 90_000;
    await run.start();
    await run.clock.advance(3 * MINUTE);
    expect(Math.abs(run.feed.time.now() - run.market.time())).toBeLessThan(25);
    expect(run.reasons().join()).toContain("clock is 90000 ms behind the exchange's");
    expectTruth(run, 3);
    expect(run.bars('BTCUSDT').every(({ late }) => !late)).toBe(true);
    await run.feed.stop();
  });

  it('that is wrong is told to a listener who comes after it was found out', async () => {
    const run = new FeedRun();
    run.market.skew = -2_000;
    void run.feed.time.start();
    await run.clock.advance(1_000);
    await run.start();
    expect(run.healthy('BTCUSDT')).toBe(false);
    expect(run.reasons()).toContain("null: this machine's clock is 2000 ms ahead of the exchange's");
    await run.feed.stop();
  });

  it('that stood still makes the first news behind it late, though it looks new', async () => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(MINUTE);
    const bars = run.bars('BTCUSDT').length;
    let moved = false;
    // The closing frame was on its way when the machine was suspended for two hours.
    run.market.fault = (frame) => {
      if (frame.data.k.x === true && !moved) {
        moved = true;
        run.clock.wall += 120 * MINUTE;
        run.market.skew += 120 * MINUTE;
      }
      return [frame];
    };
    await run.clock.advance(MINUTE);
    expect(run.bars('BTCUSDT')[bars].late).toBe(true);
    const jump = run.events.findIndex((event) => event.kind === 'health' && event.reason.startsWith('time jump'));
    expect(jump).toBeGreaterThan(0);
    expect(jump).toBeLessThan(run.events.indexOf(run.bars('BTCUSDT')[bars]));
    await run.feed.stop();
  });

  it('that the machine skipped is noticed, measured anew, and what closed meanwhile is late', async () => {
    const run = new FeedRun();
    await run.start();
    await run.clock.advance(MINUTE);
    // Suspended for half an hour: the wall clock goes on, the monotonic one stands, sockets are dead.
    run.clock.wall += 30 * MINUTE;
    run.market.skew += 30 * MINUTE;
    run.market.live[0].halfOpen = true;
    await run.clock.advance(3 * MINUTE);
    expect(run.reasons().join()).toContain('time jump of 1800 s');
    expect(run.healthy('BTCUSDT')).toBe(true);
    expectTruth(run, 32);
    expect(run.bars('BTCUSDT').filter(({ late }) => late).length).toBeGreaterThan(28);
    await run.feed.stop();
  });
});

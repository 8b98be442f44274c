import { expect, test } from 'vitest';
import { VirtualClock } from '../../test/servers/virtual-clock.ts';
import { ValvulinError } from '../core/errors.ts';
import { Log, type LogEvent, type LogOptions } from './log.ts';

function logOf(options: Partial<LogOptions> = {}): { log: Log; told: LogEvent[]; clock: VirtualClock } {
  const told: LogEvent[] = [];
  const clock = new VirtualClock(Date.UTC(2026, 0, 5, 12));
  const log = new Log({ level: 'debug', clock, secrets: [], sinks: [(event) => told.push(event)], ...options });
  return { log, told, clock };
}

test('tells time, level, event and fields, in snake_case at every depth', () => {
  const { log, told } = logOf();
  log.info('order_sent', { clientId: 'a1', book: { bestBid: 1.5, levels: [{ lastPrice: 2 }] } });
  expect(told).toEqual([
    {
      time: Date.UTC(2026, 0, 5, 12),
      level: 'info',
      event: 'order_sent',
      fields: { client_id: 'a1', book: { best_bid: 1.5, levels: [{ last_price: 2 }] } },
    },
  ]);
});

test.each([
  ['debug', 4],
  ['info', 3],
  ['warn', 2],
  ['error', 1],
  ['silent', 0],
] as const)('level %s lets %d of four events pass', (level, count) => {
  const { log, told } = logOf({ level });
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(told.length).toBe(count);
});

test('what JSON cannot say is told as far as it can', () => {
  const { log, told } = logOf();
  const ring: Record<string, unknown> = {};
  ring['self'] = ring;
  const cause = new Error('socket hang up');
  log.error('failed', {
    nothing: Number.NaN,
    units: 12n,
    at: new Date(0),
    broken: new Date(Number.NaN),
    error: new ValvulinError('VLV_FEED_HTTP', 'no "x"', { where: 'BTCUSDT', hint: 'wait', cause }),
    ring,
  });
  expect(() => JSON.stringify(told)).not.toThrow();
  expect(told[0].fields).toMatchObject({
    nothing: null,
    units: '12',
    at: '1970-01-01T00:00:00.000Z',
    broken: null,
    error: {
      code: 'VLV_FEED_HTTP',
      message: 'no "x"',
      where: 'BTCUSDT',
      hint: 'wait',
      cause: { name: 'Error', message: 'socket hang up' },
    },
  });
});

test('secrets are gone wherever they stand: in messages, URLs, names, causes and key files', () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+abc/def\n-----END PRIVATE KEY-----\n';
  const key = 'aB3/dE+6gH9=';
  const { log, told } = logOf({ secrets: [key, pem, 'a'] });
  log.warn('request_failed', {
    url: `https://api/order?key=${encodeURIComponent(key)}`,
    header: { [`x${key}`]: [key] },
    basic: Buffer.from(key).toString('base64'),
    error: new Error(`wrong ${key}`, { cause: pem }),
    line: 'got MC4CAQAwBQYDK2VwBCIEIJ+abc/def here',
    harmless: 'a',
  });
  const text = JSON.stringify(told);
  for (const secret of [key, encodeURIComponent(key), Buffer.from(key).toString('base64'), 'MC4CAQAwBQYDK2Vw']) {
    expect(text).not.toContain(secret);
  }
  expect(told[0].fields['header']).toEqual({ 'x[secret]': ['[secret]'] });
  expect(told[0].fields).toMatchObject({ harmless: 'a', line: 'got [secret] here' });
});

test('a cause that comes again and again is told a few times a minute, then how often it came', async () => {
  const { log, told, clock } = logOf();
  const flood = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      log.warn('feed_stale', { symbol: 'BTCUSDT', count: i }, 'BTCUSDT');
      await clock.advance(10);
    }
  };
  await flood(100);
  log.warn('feed_stale', { symbol: 'ETHUSDT' }, 'ETHUSDT');
  log.warn('feed_stale', { symbol: 'BTCUSDT' });
  expect(told.length).toBe(7);
  await clock.advance(60_000);
  expect(told.length).toBe(8);
  expect(told[7].fields).toEqual({ symbol: 'BTCUSDT', count: 99, suppressed: 94 });
  await flood(6);
  expect(told.length).toBe(13);
  log.close();
  expect(told[13].fields).toEqual({ symbol: 'BTCUSDT', count: 5 });
  expect(clock.waiting).toBe(0);
});

import { describe, expect, it } from 'vitest';
import { ok, ScriptedHttp } from '../../../../test/servers/scripted-binance.ts';
import { VirtualClock } from '../../../../test/servers/virtual-clock.ts';
import { judgeFailure } from './failure.ts';
import { type CallRecord, OneRequest } from './one-request.ts';

const URL = 'http://127.0.0.1:1/order';
const clock = new VirtualClock();
const record = (): CallRecord => ({ changes: 0, reply: undefined, until: clock.monotonic() + 1_000 });

function bench(): { http: ScriptedHttp; requests: OneRequest } {
  const http = new ScriptedHttp(clock);
  http.on('GET /order', () => ok({ code: -2013, msg: 'from before' }));
  http.on('POST /order', () => ok({ id: 1 }, { 'content-type': 'application/json' }));
  return { http, requests: new OneRequest(http, clock, 5_000) };
}

describe('a call of the library', () => {
  it('gets its reply as from fetch, and leaves word of it', async () => {
    const { http, requests } = bench();
    const made = record();
    const init = { method: 'POST', headers: { 'x-key': 'k' }, body: 'a=1' };
    const reply = await requests.run(made, () => requests.fetch(URL, init));
    expect([reply.status, await reply.json(), reply.headers.get('content-type')]).toEqual([
      200,
      { id: 1 },
      'application/json',
    ]);
    expect(made).toMatchObject({ changes: 1, reply: { status: 200, body: '{"id":1}' } });
    expect(http.requests).toMatchObject([{ method: 'POST', url: URL, headers: { 'x-key': 'k' }, body: 'a=1' }]);
  });

  it('sends one request that changes something, whatever comes of it, and none outside a call', async () => {
    const { http, requests } = bench();
    http.on('POST /order', () => new Error('reset'));
    const made = record();
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(requests.run(made, () => requests.fetch(URL, { method: 'POST' }))).rejects.toThrow();
    }
    await expect(requests.run(made, () => requests.fetch(URL, { method: 'DELETE' }))).rejects.toThrow('another');
    await expect(requests.fetch(URL, { method: 'POST' })).rejects.toThrow('another');
    expect(http.requests).toHaveLength(1);
  });

  it('is not sent once it is late, and that is certain', async () => {
    const { http, requests } = bench();
    const made = { ...record(), until: clock.monotonic() - 1 };
    const error: unknown = await requests
      .run(made, () => requests.fetch(URL, { method: 'POST' }))
      .catch((e: unknown) => e);
    expect(judgeFailure(error, made)).toMatchObject({ kind: 'rejected', code: 0, cure: 'rate' });
    expect(http.requests).toHaveLength(0);
  });

  it('is not judged by the reply to an earlier query', async () => {
    const { http, requests } = bench();
    http.on('POST /order', () => new Error('reset'));
    const made = record();
    await requests.run(made, () => requests.fetch(URL, { method: 'GET' }));
    await requests.run(made, () => requests.fetch(URL, { method: 'POST' })).catch(() => undefined);
    expect(made.reply).toBeUndefined();
    const refusal = Object.assign(new Error('refused'), { name: 'OrderNotFound' });
    expect(judgeFailure(refusal, made).kind).toBe('in_doubt');
  });
});

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ValvulinError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { systemClock } from '../data/node-ports.ts';
import { type JournalPlace, openJournal } from '../execution/journal/open.ts';
import { askEngine } from './control-client.ts';
import { control, engineStatus } from './control.ts';
import { controlAddress } from './control-protocol.ts';
import { type ControlHandlers, ControlServer } from './control-server.ts';

let place: JournalPlace;
let path: string;
const errors: unknown[] = [];

beforeEach(() => {
  const stateDir = mkdtempSync(join(tmpdir(), 'vlv-control-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  place = { stateDir, account: 'paper' };
  path = controlAddress(place);
  errors.length = 0;
});

function handlers(own: Partial<ControlHandlers> = {}): ControlHandlers {
  const unused = (): never => {
    throw new Error('not expected');
  };
  const verbs = { status: unused, halt: unused, resume: unused, reduce_only: unused, flatten: unused };
  return { ...verbs, reload: unused, stop: unused, ...own };
}

async function serve(own: Partial<ControlHandlers>): Promise<ControlServer> {
  const server = new ControlServer({ path, handlers: handlers(own), onError: (error) => errors.push(error) });
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

const halt = { do: 'halt', who: 'ana', why: 'lunch' } as const;

describe('a control socket', () => {
  it('passes a request on with who asked and why, and gives the result back in snake case', async () => {
    const asked: unknown[] = [];
    await serve({
      halt: async (request) => {
        asked.push(request);
        return { tradingState: 'HALT', openOrders: [{ clientId: 'a' }] };
      },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await control(place, halt, systemClock)).toEqual({
      by: 'engine',
      result: { trading_state: 'HALT', open_orders: [{ client_id: 'a' }] },
    });
    expect(asked).toEqual([{ id: 1, ...halt }]);
  });

  it('tells the refusal of a handler, and reports what it did not mean to throw', async () => {
    await serve({
      reload: () => {
        throw new ValvulinError('VLV_CONFIG', 'Expected another capital', { hint: 'Start anew.' });
      },
      stop: () => {
        throw new TypeError('oops');
      },
    });
    await expect(control(place, { ...halt, do: 'reload' }, systemClock)).rejects.toMatchObject({
      code: 'VLV_CONTROL',
      message: 'The engine refused: Expected another capital (VLV_CONFIG)',
      hint: 'Start anew.',
    });
    expect(errors).toEqual([]);
    await expect(control(place, { ...halt, do: 'stop' }, systemClock)).rejects.toThrow('oops (VLV_CONTROL)');
    expect(errors).toEqual([new TypeError('oops')]);
  });

  it('answers several requests of one conversation in their order, whatever comes in pieces or makes no sense', async () => {
    let slow: (value: string) => void = () => undefined;
    const first = new Promise<string>((done) => {
      slow = done;
    });
    await serve({ status: () => first, halt: () => 'second' });
    const socket = createConnection(path);
    socket.setEncoding('utf8');
    const one = { id: 7, do: 'status', who: '', why: '' };
    socket.write(JSON.stringify(one).slice(0, 9));
    await once(socket, 'connect');
    socket.write(`${JSON.stringify(one).slice(9)}\n${JSON.stringify({ id: 8, ...halt })}\nnonsense\n`);
    socket.write(`${JSON.stringify({ id: 9, ...halt, force: true })}\n`);
    let text = '';
    socket.on('data', (piece: string) => {
      text += piece;
    });
    slow('first');
    while (text.split('\n').length < 5) await once(socket, 'data');
    const replies = text.trim().split('\n');
    expect(replies.slice(0, 2).map((reply) => JSON.parse(reply) as unknown)).toEqual([
      { id: 7, ok: true, result: 'first' },
      { id: 8, ok: true, result: 'second' },
    ]);
    for (const reply of replies.slice(2)) expect(JSON.parse(reply)).toMatchObject({ id: 0, ok: false });
    socket.destroy();
  });

  it('hangs up on a line without end', async () => {
    await serve({});
    const socket = createConnection(path);
    socket.on('error', () => undefined);
    socket.write('x'.repeat((1 << 20) + 10));
    await once(socket, 'close');
    expect(await askEngine(path, halt, systemClock, 10_000)).toMatchObject({ kind: 'refused' });
  });

  it('replaces the socket of an engine that was killed, but no other file', async () => {
    const dead = createServer().listen(path);
    await once(dead, 'listening');
    onTestFinished(() => void dead.close());
    await serve({ status: () => 1 });
    expect(await engineStatus(place, systemClock)).toBe(1);

    const other = join(place.stateDir, 'other.sock');
    writeFileSync(other, 'mine');
    const server = new ControlServer({ path: other, handlers: handlers(), onError: () => undefined });
    await expect(server.listen()).rejects.toMatchObject({ code: 'VLV_CONTROL' });
    expect(existsSync(other)).toBe(true);
  });

  it('is found under a short name where the path of its folder is too long for a socket', async () => {
    const far = { stateDir: join(place.stateDir, 'x'.repeat(120)), account: 'paper' };
    path = controlAddress(far);
    expect(path.length).toBeLessThan(100);
    expect(controlAddress({ ...far, account: 'other' })).not.toBe(path);
    await serve({ status: () => 'far' });
    expect(await engineStatus(far, systemClock)).toBe('far');
  });
});

describe('without an engine that answers', () => {
  it('says that none runs', async () => {
    expect(await engineStatus(place, systemClock)).toBeNull();
    for (const verb of ['reload', 'stop', 'halt'] as const) {
      await expect(control(place, { ...halt, do: verb }, systemClock)).rejects.toMatchObject({
        code: 'VLV_CONTROL',
        message: 'Expected a running engine of account "paper", found none',
      });
    }
  });

  it('writes trading states into the journal, where the next start finds them', async () => {
    openJournal(place, 1).close();
    const clock: Clock = { ...systemClock, now: () => 42 };
    const states = { halt: 'HALT', flatten: 'FLATTEN', reduce_only: 'REDUCE_ONLY', resume: 'ACTIVE' } as const;
    for (const verb of ['halt', 'flatten', 'reduce_only', 'resume'] as const) {
      const done = await control(place, { ...halt, do: verb }, clock);
      const state = { scope: 'account', state: states[verb], who: 'ana', why: 'lunch', time: 42 };
      expect(done).toEqual({ by: 'journal', state });
      const journal = openJournal(place, 43);
      expect(journal.state()).toEqual(state);
      journal.close();
    }
  });

  it('does not write behind the back of an engine that cannot be reached', async () => {
    const engine = openJournal(place, 1);
    await expect(control(place, halt, systemClock)).rejects.toMatchObject({ code: 'VLV_INSTANCE' });
    expect(engine.holdsLease()).toBe(true);
    engine.close();
  });

  it('gives up on one that does not answer, and names what helps then', async () => {
    let late: () => void = () => undefined;
    const clock: Clock = {
      ...systemClock,
      after: (_ms, run) => {
        late = run;
        return { cancel: () => undefined };
      },
    };
    await serve({
      status: () => {
        late();
        return new Promise(() => undefined);
      },
    });
    await expect(engineStatus(place, clock)).rejects.toMatchObject({
      message: expect.stringContaining('no answer within 5000 ms'),
      hint: expect.stringContaining('valvulin kill'),
    });
  });

  it('tells one that hangs up, or speaks another language', async () => {
    const server = createServer((socket) => socket.end('hello\n')).listen(path);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    expect(await askEngine(path, halt, systemClock, 1_000)).toEqual({ kind: 'silent', reason: 'not JSON: "hello"' });
    const mute = createServer((socket) => socket.destroy()).listen(`${path}2`);
    onTestFinished(() => void mute.close());
    await once(mute, 'listening');
    expect(await askEngine(`${path}2`, halt, systemClock, 1_000)).toMatchObject({ kind: 'silent' });
  });
});

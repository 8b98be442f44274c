import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OrderRecord, Trade } from '../../core/trade.ts';
import type { ExchangeFill, Journal, NewIntent, OrderFact, PositionRecord, RunManifest } from './journal.ts';
import { MemoryDisk, openMemoryJournal } from './memory-disk.ts';
import { openJournal, seizeJournal } from './open.ts';

const MANIFEST: RunManifest = {
  started: 1_700_000_000_000,
  mode: 'paper',
  venue: 'sim',
  configHash: 'c0',
  packageVersion: '0.0.0',
  nodeVersion: 'v24',
  details: '{"seed":7}',
};

interface Account {
  open(): Journal;
  /** Takes it from whoever holds it. */
  seize(): Journal;
}

const KINDS: Readonly<Record<string, () => Account>> = {
  'SQLite file': () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'vlv-journal-'));
    onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
    const place = { stateDir, account: 'paper' };
    return { open: () => openJournal(place, 1), seize: () => seizeJournal(place, 2) };
  },
  memory: () => {
    const disk = new MemoryDisk();
    let count = 0;
    return {
      open: () => openMemoryJournal(disk, `engine-${count++}`),
      seize: () => openMemoryJournal(disk, `engine-${count++}`, true),
    };
  },
};

function place(clientId: string, kind: NewIntent['kind'] = 'place'): NewIntent {
  return { kind, orderId: 3, clientId, symbol: 'BTCUSDT', time: 5, payload: `{"id":"${clientId}"}` };
}

function fill(tradeId: number, symbol = 'BTCUSDT'): ExchangeFill {
  return {
    kind: 'fill',
    clientId: 'a',
    time: 9,
    symbol,
    tradeId,
    exchangeId: 70,
    side: 'BUY',
    price: '27000.10',
    quantity: '0.00100000',
    quoteQuantity: '27.00010000',
    fee: '0.00000100',
    feeAsset: 'BTC',
    maker: false,
  };
}

const TRADE = { id: 1, symbol: 'BTCUSDT', profit: 1.25, mae: -0.1, open: false } as unknown as Trade;

const ORDER = { id: 9, symbol: 'BTCUSDT', status: 'working' } as unknown as OrderRecord;

const POSITION: PositionRecord = {
  symbol: 'BTCUSDT',
  side: 'LONG',
  quantity: 0.5,
  entryPrice: 27_000.1,
  entryTime: 12,
  price: 27_010,
  profit: 4.95,
  stopLoss: 26_000,
  takeProfit: null,
};

describe.each(Object.entries(KINDS))('a journal in %s', (_name, account) => {
  it('gives back, after a restart, everything that was written', () => {
    const { open } = account();
    const before = open();
    const run = before.beginRun(MANIFEST);
    const first = before.input(run, 10, 'slice', '{"bars":[1]}');
    const tokens = before.commit(first, '[{"kind":"submit"}]', [place('a'), place('b', 'place_list')]);
    const second = before.input(run, 11, 'operator', '{}');
    before.attempt(run, [place('a', 'cancel')]);
    const facts: OrderFact[] = [
      { kind: 'sent', clientId: 'a', time: 10 },
      { kind: 'ack', clientId: 'a', time: 11, exchangeId: 70 },
      fill(1),
      { kind: 'end', clientId: 'a', time: 12, status: 'filled', reason: '' },
      { kind: 'in_doubt', clientId: 'b', time: 13, request: 'place', reason: 'HTTP 504' },
    ];
    for (const fact of facts) expect(before.fact(run, fact)).toBe(true);
    before.recordTrade(run, TRADE);
    before.recordOrder(run, { ...ORDER, id: 10 });
    before.recordOrder(run, ORDER);
    before.recordOrder(run, { ...ORDER, status: 'filled' });
    before.recordPosition(run, 'BTCUSDT:1h:ema', 14, POSITION);
    before.recordPosition(run, 'ETHUSDT:1h:ema', 14, POSITION);
    before.recordPosition(run, 'ETHUSDT:1h:ema', 15, null);
    before.recordEquity(run, 15, 10_000.5);
    before.endRun(run, 'stopped', 16);
    before.close();

    const after = open();
    expect(after.runs()).toEqual([{ ...MANIFEST, run, ended: 16, how: 'stopped' }]);
    expect([...after.inputs(run)]).toEqual([
      { seq: first, run, time: 10, kind: 'slice', payload: '{"bars":[1]}', commands: '[{"kind":"submit"}]' },
      { seq: second, run, time: 11, kind: 'operator', payload: '{}', commands: null },
    ]);
    expect([...after.inputs(run, second)].map(({ seq }) => seq)).toEqual([second]);
    expect(tokens).toEqual([...after.intents()].slice(0, 2));
    expect([...after.intents()].map(({ clientId, kind, inputSeq }) => [clientId, kind, inputSeq])).toEqual([
      ['a', 'place', first],
      ['b', 'place_list', first],
      ['a', 'cancel', 0],
    ]);
    expect(after.intent('a')?.kind).toBe('place');
    expect(after.intent('nobody')).toBeUndefined();
    expect(after.unfinished().map(({ clientId }) => clientId)).toEqual(['b']);
    expect([...after.facts()]).toEqual(facts.map((fact, i) => ({ ...fact, seq: i + 1, run })));
    expect([...after.trades(run)]).toEqual([{ ...TRADE, run }]);
    expect(after.orders(run)).toEqual([
      { ...ORDER, run, status: 'filled' },
      { ...ORDER, id: 10, run },
    ]);
    expect(after.orders(run + 1)).toEqual([]);
    expect(after.positions()).toEqual([{ ...POSITION, run, slot: 'BTCUSDT:1h:ema', time: 14 }]);
    expect([...after.equity()]).toEqual([{ run, time: 15, equity: 10_000.5 }]);
    expect(after.beginRun(MANIFEST)).toBe(run + 1);
    expect([...after.inputs(run + 1)]).toEqual([]);
    after.close();
  });

  it('counts a fill once by symbol and trade id, and every other fact once', () => {
    const journal = account().open();
    const run = journal.beginRun(MANIFEST);
    for (let round = 0; round < 2; round++) {
      const fresh = round === 0;
      expect(journal.fact(run, fill(1))).toBe(fresh);
      expect(journal.fact(run, { ...fill(1), clientId: null, time: 99 })).toBe(false);
      expect(journal.fact(run, fill(1, 'ETHUSDT'))).toBe(fresh);
      expect(journal.fact(run, { kind: 'end', clientId: 'a', time: 1, status: 'canceled', reason: '' })).toBe(fresh);
      journal.flush();
    }
    expect(journal.fact(run, { kind: 'end', clientId: 'a', time: 1, status: 'expired', reason: '' })).toBe(true);
    expect([...journal.facts()]).toHaveLength(4);
    journal.close();
  });

  it('never takes a client id twice to place something, in any run, and writes nothing of what it refuses', () => {
    const { open } = account();
    const first = open();
    first.attempt(first.beginRun(MANIFEST), [place('a')]);
    first.close();
    const second = open();
    const run = second.beginRun(MANIFEST);
    const seq = second.input(run, 1, 'operator', '{}');
    expect(() => second.commit(seq, '[]', [place('b'), place('a')])).toThrow('"a", which was used before');
    expect(() => second.commit(seq, '[]', [place('b'), place('b')])).toThrow('"b", which was used before');
    expect([...second.intents()]).toHaveLength(1);
    second.commit(seq, '[]', [place('b')]);
    expect(() => second.commit(seq, '[]', [])).toThrow('Expected the commands of an input after');
    expect(() => second.commit(seq + 1, '[]', [])).toThrow('got input "2"');
    second.close();
  });

  it('remembers trading states over restarts, for the account and for symbols', () => {
    const { open } = account();
    const before = open();
    expect(before.state().state).toBe('ACTIVE');
    const halt = { scope: 'account', state: 'HALT', who: 'operator', why: 'lunch', time: 1 } as const;
    before.recordState({ ...halt, state: 'REDUCE_ONLY', time: 0 });
    before.recordState(halt);
    before.recordState({ ...halt, scope: 'ETHUSDT', who: 'recovery' });
    before.close();
    const after = open();
    expect(after.state()).toEqual(halt);
    expect(after.state('ETHUSDT').who).toBe('recovery');
    expect(after.state('BTCUSDT').state).toBe('ACTIVE');
    expect(after.states().map(({ scope }) => scope)).toEqual(['ETHUSDT', 'account']);
    after.close();
  });

  it('is held by one engine, and lost by it when another seizes the account', () => {
    const { open, seize } = account();
    const held = open();
    const run = held.beginRun(MANIFEST);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'VLV_INSTANCE' }));
    expect(held.holdsLease()).toBe(true);
    const seizer = seize();
    expect(held.holdsLease()).toBe(false);
    expect(() => held.attempt(run, [place('late')])).toThrow(expect.objectContaining({ code: 'VLV_INSTANCE' }));
    // With nothing to write, it is found out all the same.
    const idle = seize();
    expect(() => seizer.flush()).toThrow(expect.objectContaining({ code: 'VLV_INSTANCE' }));
    // It stays lost: an engine that goes on after the error cannot slip something in.
    expect(() => held.flush()).toThrow(expect.objectContaining({ code: 'VLV_INSTANCE' }));
    idle.recordState({ scope: 'account', state: 'HALT', who: 'operator', why: 'kill', time: 2 });
    expect([...idle.intents()]).toEqual([]);
    seizer.close();
    idle.close();
    held.close();
    const next = open();
    expect(next.state().state).toBe('HALT');
    next.verify();
    next.close();
  });

  it('holds any text, and any order of writing, in unbroken chains', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const step = fc.oneof(
      fc.record({ do: fc.constant('input' as const), text }),
      fc.record({ do: fc.constant('commit' as const), text }),
      fc.record({ do: fc.constant('fact' as const), text }),
      fc.record({ do: fc.constant('state' as const), text }),
      fc.record({ do: fc.constant('flush' as const), text }),
      fc.record({ do: fc.constant('restart' as const), text }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { open } = account();
        let journal = open();
        let run = journal.beginRun(MANIFEST);
        const inputs: string[] = [];
        const durable: string[] = [];
        let ids = 0;
        for (const { do: action, text: payload } of steps) {
          if (action === 'input') {
            journal.input(run, ids, 'block', payload);
            inputs.push(payload);
          } else if (action === 'commit') {
            const seq = journal.input(run, ids, 'slice', payload);
            inputs.push(payload);
            const [token] = journal.commit(seq, payload, [{ ...place(`id-${ids++}`), payload }]);
            durable.push(token.clientId);
          } else if (action === 'fact') {
            journal.fact(run, { kind: 'in_doubt', clientId: payload, time: 1, request: 'place', reason: payload });
          } else if (action === 'state') {
            journal.recordState({ scope: payload, state: 'HALT', who: payload, why: payload, time: 3 });
          } else if (action === 'flush') {
            journal.flush();
          } else {
            journal.close();
            journal = open();
            run = journal.beginRun(MANIFEST);
          }
        }
        journal.verify();
        const read = journal.runs().flatMap((one) => [...journal.inputs(one.run)]);
        expect(read.map(({ payload }) => payload)).toEqual(inputs);
        expect(read.map(({ seq }) => seq)).toEqual(inputs.map((_, i) => i + 1));
        expect([...journal.intents()].map(({ clientId }) => clientId)).toEqual(durable);
        journal.close();
      }),
      { numRuns: 15 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { Journal, NewIntent, RunManifest } from './journal.ts';
import { MemoryDisk, openMemoryJournal, type WritePoint } from './memory-disk.ts';

const MANIFEST: RunManifest = {
  started: 0,
  mode: 'live',
  venue: 'sim',
  configHash: '',
  packageVersion: '',
  nodeVersion: '',
  details: '{}',
};

class Death extends Error {}

/** Dies at the k-th point of all writes; counts them all where k is 0. */
function dyingDisk(k: number): { readonly disk: MemoryDisk; points: WritePoint[] } {
  const points: WritePoint[] = [];
  const disk = new MemoryDisk((point) => {
    points.push(point);
    if (points.length === k) throw new Death();
  });
  return { disk, points };
}

const place = (clientId: string): NewIntent => {
  return { kind: 'place', orderId: 1, clientId, symbol: 'BTCUSDT', time: 0, payload: '{}' };
};

/** Five orders with their facts; returns the ids whose tokens it was given, which is when it would have sent them. */
function work(journal: Journal, acknowledged: string[]): void {
  const run = journal.beginRun(MANIFEST);
  for (let i = 0; i < 5; i++) {
    const seq = journal.input(run, i, 'slice', `{"i":${i}}`);
    for (const { clientId } of journal.commit(seq, `[${i}]`, [place(`o${i}`)])) acknowledged.push(clientId);
    journal.fact(run, { kind: 'sent', clientId: `o${i}`, time: i });
  }
  journal.recordState({ scope: 'account', state: 'HALT', who: 'operator', why: '', time: 9 });
  acknowledged.push('halt');
  journal.close();
}

describe('a simulated disk', () => {
  it('has every acknowledged write after a death at any point, and none that broke in two', () => {
    const { disk: counting, points } = dyingDisk(0);
    work(openMemoryJournal(counting, 'count'), []);
    expect(points).toHaveLength(3 * 7);
    for (const keep of [true, false]) {
      for (let k = 1; k <= points.length; k++) {
        const { disk } = dyingDisk(k);
        const acknowledged: string[] = [];
        expect(() => work(openMemoryJournal(disk, 'first'), acknowledged)).toThrow(Death);
        disk.crash(keep);
        const journal = openMemoryJournal(disk, 'second');
        const intents = [...journal.intents()].map(({ clientId }) => clientId);
        const halted = journal.state().state === 'HALT';
        const found = halted ? [...intents, 'halt'] : intents;
        expect(found.slice(0, acknowledged.length), `${k}`).toEqual(acknowledged);
        // At most the one write that was under way has come on top, with the commands that belong to it.
        expect(found.length - acknowledged.length).toBeLessThanOrEqual(1);
        const commands = journal.runs().flatMap(({ run }) => [...journal.inputs(run)].map((input) => input.commands));
        expect(commands.filter((text) => text !== null)).toEqual(intents.map((_, i) => `[${i}]`));
        journal.close();
      }
    }
  });

  it.each(['full', 'fsync'] as const)('makes a failed write (%s) the end of the journal that wrote', (fault) => {
    const disk = new MemoryDisk();
    const journal = openMemoryJournal(disk, 'first');
    const run = journal.beginRun(MANIFEST);
    disk.failNext(fault);
    expect(() => journal.attempt(run, [place('a')])).toThrow(expect.objectContaining({ code: 'VLV_JOURNAL' }));
    expect(disk.unsynced).toBe(fault === 'fsync');
    // A second fsync would say that all is well, whatever the first one lost.
    for (const again of [
      () => journal.flush(),
      () => journal.input(run, 0, 'operator', ''),
      () => journal.intents().next(),
    ])
      expect(again).toThrow(expect.objectContaining({ code: 'VLV_JOURNAL' }));
    disk.crash(false);
    expect([...openMemoryJournal(disk, 'second').intents()]).toEqual([]);
  });

  it('refuses a second engine until the first is gone', () => {
    const disk = new MemoryDisk();
    openMemoryJournal(disk, 'first');
    expect(() => openMemoryJournal(disk, 'second')).toThrow(expect.objectContaining({ code: 'VLV_INSTANCE' }));
    disk.crash(true);
    openMemoryJournal(disk, 'third').close();
    openMemoryJournal(disk, 'fourth');
  });
});

describe('a hash chain', () => {
  function written(): MemoryDisk {
    const disk = new MemoryDisk();
    work(openMemoryJournal(disk, 'first'), []);
    return disk;
  }

  it.each([
    ['an altered payload', 'inputs', 3, [3, 1, 2, 1, 'slice', '{"i":99}', 'x'], '"3" of "inputs" was altered'],
    ['a missing row', 'facts', 2, null, '"2" of "facts" is missing'],
    ['a missing last row', 'intents', 5, null, '"5" of "intents" is missing: it was the last one'],
    ['missing commands', 'commands', 2, null, '"3" of "commands" was altered, or a row before it is missing'],
    ['a missing state', 'states', 1, null, '"1" of "states" is missing'],
    ['an unknown chain', 'chains', 'coins', ['coins', 1, ''], '"coins" of "chains" names no chained table'],
    ['an altered end', 'chains', 'facts', ['facts', 5, 'x'], '"5" of "facts" is not the one that was written last'],
  ] as const)('finds %s', (_what, table, key, row, message) => {
    const disk = written();
    disk.damage(table, key, row);
    expect(() => openMemoryJournal(disk, 'second')).toThrow(
      expect.objectContaining({ code: 'VLV_JOURNAL_BROKEN', message: expect.stringContaining(message) }),
    );
  });

  it('finds an altered position', () => {
    const disk = new MemoryDisk();
    const journal = openMemoryJournal(disk, 'first');
    journal.recordPosition(journal.beginRun(MANIFEST), 'BTCUSDT:1h:ema', 1, null);
    journal.close();
    openMemoryJournal(disk, 'second').close();
    disk.damage('positions', 'BTCUSDT:1h:ema', ['BTCUSDT:1h:ema', 1, 1, '{"quantity":2}', 'x']);
    expect(() => openMemoryJournal(disk, 'third')).toThrow('"BTCUSDT:1h:ema" of "positions" was altered');
  });
});

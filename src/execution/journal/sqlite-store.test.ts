import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { OrderRecord } from '../../core/trade.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Journal, JournalReader, NewIntent, PositionRecord, RunManifest } from './journal.ts';
import { accountName, journaledAccounts, journalPath, openJournal, openJournalReader, seizeJournal } from './open.ts';
import { MIGRATIONS, migrate } from './schema.ts';
import { SpaceReserve } from './space-reserve.ts';

const MANIFEST: RunManifest = {
  started: 0,
  mode: 'live',
  venue: 'sim',
  configHash: 'c0ffee',
  packageVersion: '0',
  nodeVersion: '0',
  details: '{}',
};

let stateDir: string;
let place: { readonly stateDir: string; readonly account: string };
let path: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'vlv-journal-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  place = { stateDir, account: 'main' };
  path = journalPath(place);
});

const order = (clientId: string): NewIntent => {
  return { kind: 'place', orderId: 1, clientId, symbol: 'BTCUSDT', time: 0, payload: JSON.stringify('x'.repeat(60)) };
};

function fillIn(journal: Journal, orders: number): void {
  const run = journal.beginRun(MANIFEST);
  for (let i = 0; i < orders; i++) {
    const seq = journal.input(run, i, 'slice', `{"i":${i}}`);
    journal.commit(seq, '[]', [order(`o${i}`)]);
    journal.fact(run, { kind: 'sent', clientId: `o${i}`, time: i });
    journal.recordPosition(run, `slot${i % 3}`, i, { symbol: 'BTCUSDT', quantity: i } as unknown as PositionRecord);
    journal.recordOrder(run, { id: i % 5, quantity: i } as unknown as OrderRecord);
    journal.recordEquity(run, i, 100 + i / 3);
  }
  journal.recordState({ scope: 'account', state: 'HALT', who: 'operator', why: 'test', time: 1 });
}

/** All that the journal says, to compare. */
function everything(journal: JournalReader): unknown {
  return {
    runs: journal.runs(),
    inputs: [...journal.inputs(1)],
    intents: [...journal.intents()],
    facts: [...journal.facts()],
    orders: journal.orders(),
    positions: journal.positions(),
    equity: [...journal.equity()],
    states: journal.states(),
  };
}

describe('a journal file', () => {
  it('is private, and is read while its engine writes', () => {
    const journal = openJournal(place, 1);
    fillIn(journal, 2);
    for (const name of readdirSync(stateDir)) {
      if (name !== 'main.lock') expect(statSync(join(stateDir, name)).mode & 0o077, name).toBe(0);
    }
    const reader = openJournalReader(place);
    // A reader in the middle of its reading does not hold up the writer.
    const reading = reader.intents();
    reading.next();
    const seq = journal.input(1, 9, 'operator', '{}');
    journal.commit(seq, '[]', [order('later')]);
    expect(reader.intent('later')?.inputSeq).toBe(seq);
    reader.verify();
    reader.close();
    journal.close();
    expect(journaledAccounts(stateDir)).toEqual(['main']);
    expect(journaledAccounts(join(stateDir, 'nowhere'))).toEqual([]);
  });

  it('is synced to the disk with every transaction, which only a power cut would show', () => {
    const asked = vi.spyOn(Database.prototype, 'pragma');
    onTestFinished(() => asked.mockRestore());
    openJournal(place, 1).close();
    expect(asked.mock.calls.map(([pragma]) => pragma)).toEqual(
      expect.arrayContaining(['journal_mode = WAL', 'synchronous = FULL', 'fullfsync = ON']),
    );
    const levels = asked.mock.calls.filter(([pragma]) => pragma.startsWith('synchronous'));
    expect(levels).toHaveLength(1);
  });

  it('is named after what is traded on', () => {
    expect(accountName('paper', 'binance')).toBe('paper');
    expect(accountName('live', 'binance-testnet')).toBe('binance-testnet');
    expect(accountName('live', 'ccxt:Kraken')).toBe('ccxt-kraken');
  });

  it('holds more rows than are read at once, and starts where it is told', () => {
    const journal = openJournal(place, 1);
    const run = journal.beginRun(MANIFEST);
    for (let i = 1; i <= 2_000; i++) journal.input(run, i, 'fill', `${i}`);
    expect([...journal.inputs(run)].map(({ payload }) => Number(payload))).toEqual(
      Array.from({ length: 2_000 }, (_, i) => i + 1),
    );
    expect([...journal.inputs(run, 1_001)].map(({ seq }) => seq)).toHaveLength(1_000);
    journal.close();
  });

  it('names who holds it, and is free when that one has closed it', () => {
    const journal = openJournal(place, Date.UTC(2024, 0, 2));
    expect(() => openJournal(place, 2)).toThrow(
      expect.objectContaining({
        code: 'VLV_INSTANCE',
        message: expect.stringContaining(`process "${process.pid}" on`),
      }),
    );
    expect(() => openJournal(place, 2)).toThrow('since 2024-01-02T00:00:00.000Z');
    journal.close();
    openJournal(place, 3).close();
  });

  it('is refused where it is missing, of a newer version, no journal, or badly named', () => {
    expect(() => openJournalReader(place)).toThrow('found none');
    openJournal(place, 1).close();
    const db = new Database(path);
    db.prepare("UPDATE meta SET value = 99 WHERE name = 'version'").run();
    db.close();
    for (const open of [() => openJournal(place, 1), () => openJournalReader(place)]) {
      expect(open).toThrow(expect.objectContaining({ code: 'VLV_JOURNAL', message: expect.stringContaining('"99"') }));
    }
    const other = { ...place, account: 'other' };
    const foreign = new Database(journalPath(other));
    foreign.exec('CREATE TABLE shopping (item)');
    foreign.close();
    expect(() => openJournal(other, 1)).toThrow('got another database');
    expect(() => openJournal({ ...place, account: '../x' }, 1)).toThrow('got "../x"');
    // Refusing leaves no lock behind.
    rmSync(journalPath(other));
    openJournal(other, 1).close();
  });

  it('can be made where its folder is a file: says so', () => {
    writeFileSync(join(stateDir, 'file'), '');
    expect(() => openJournal({ stateDir: join(stateDir, 'file'), account: 'a' }, 1)).toThrow(
      'Expected a writable folder',
    );
  });

  it('opens as it was or is refused, wherever 512 bytes of it were lost', () => {
    const journal = openJournal(place, 1);
    fillIn(journal, 12);
    journal.close();
    const good = readFileSync(path);
    const expected = JSON.stringify(everything(openJournalReader(place)));
    let refused = 0;
    for (let sector = 0; sector * 512 < good.length; sector++) {
      const bad = Buffer.from(good);
      bad.fill(0, sector * 512, sector * 512 + 512);
      if (bad.equals(good)) continue;
      writeFileSync(path, bad);
      try {
        const found = openJournal(place, 1);
        expect(JSON.stringify(everything(found)), `sector ${sector}`).toBe(expected);
        found.close();
      } catch (error) {
        expect(error, `sector ${sector}: ${String(error)}`).toBeInstanceOf(ValvulinError);
        refused++;
      }
      for (const rest of ['-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('keeps a whole beginning of what was written, wherever its write-ahead log was cut', () => {
    const journal = openJournal(place, 1);
    fillIn(journal, 12);
    // What a power cut leaves: the log, not yet moved into the file.
    const files = [path, `${path}-wal`].map((name) => [name, readFileSync(name)] as const);
    const all = [...journal.intents()].map(({ clientId }) => clientId);
    const log = files[1][1];
    journal.close();
    let most = 0;
    for (let length = 0; length <= log.length; length += 4_999) {
      for (const rest of ['-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
      writeFileSync(path, files[0][1]);
      writeFileSync(`${path}-wal`, log.subarray(0, length));
      const found = openJournal(place, 1);
      const intents = [...found.intents()].map(({ clientId }) => clientId);
      expect(intents).toEqual(all.slice(0, intents.length));
      expect(intents.length).toBeGreaterThanOrEqual(most);
      most = intents.length;
      found.close();
    }
    expect(most).toBeGreaterThan(9);
  });
});

describe('a change of the schema', () => {
  it('is made in one step, after a copy of the file as it was', () => {
    const journal = openJournal(place, 1);
    fillIn(journal, 1);
    journal.close();
    const db = new Database(path);
    const next = [
      ...MIGRATIONS,
      'ALTER TABLE runs ADD COLUMN note TEXT',
      'CREATE TABLE x (y INTEGER); SELECT nonsense',
    ];
    expect(() => migrate(db, path, next)).toThrow('nonsense');
    const version = () => db.prepare("SELECT value FROM meta WHERE name = 'version'").pluck().get();
    expect([version(), db.prepare('SELECT * FROM runs').columns().length]).toEqual([1, 10]);
    migrate(db, path, next.slice(0, 2));
    expect([version(), db.prepare('SELECT * FROM runs').columns().length]).toEqual([2, 11]);
    db.close();
    const before = { ...place, account: 'before' };
    writeFileSync(journalPath(before), readFileSync(`${path}.v1`));
    const copy = openJournalReader(before);
    expect([...copy.intents()]).toHaveLength(1);
    copy.close();
    expect(() => openJournalReader(place)).toThrow('version "2"');
  });
});

describe('a full disk', () => {
  it('is answered with the room that was kept back, once', () => {
    const journal = openJournal(place, 1);
    const run = journal.beginRun(MANIFEST);
    const reserve = join(stateDir, 'main.reserve');
    expect(statSync(reserve).size).toBe(16 * 1024 * 1024);
    expect(journal.lowSpace()).toBe(false);
    journal.close();
    expect(new SpaceReserve(reserve).release()).toBe(true);
    expect(existsSync(reserve)).toBe(false);
    const again = new SpaceReserve(reserve);
    expect(again.used).toBe(false);
    expect([again.release(), again.release(), again.used]).toEqual([true, false, true]);
    expect(run).toBe(1);
  });

  it('can still be halted by who seizes the account, without a reserve of its own', () => {
    const journal = openJournal(place, 1);
    fillIn(journal, 1);
    const seized = seizeJournal(place, 2);
    expect(seized.lowSpace()).toBe(false);
    seized.close();
    journal.close();
  });
});

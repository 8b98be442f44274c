import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { archiveJournal, journaledAccounts, openJournal, openJournalReader } from './open.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 30, 5);
const manifest = {
  started: 1,
  mode: 'paper',
  venue: 'paper',
  configHash: 'c',
  packageVersion: '1',
  nodeVersion: '1',
  details: '{}',
} as const;

it('puts a journal away under a name with the date, but not under a running engine', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'vlv-archive-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  const place = { stateDir, account: 'paper' };
  expect(() => archiveJournal(place, NOW)).toThrow(/Expected a journal of account "paper"/);
  const journal = openJournal(place, 1);
  journal.beginRun(manifest);
  expect(() => archiveJournal(place, NOW)).toThrow(/Expected to be the only engine/);
  journal.close();

  const reader = openJournalReader(place);
  expect(reader.runs()).toHaveLength(1);
  reader.close();
  const kept = archiveJournal(place, NOW);
  expect(kept).toMatchObject({ account: 'paper-20260301-123005', runs: 1, trades: 0, positions: 0 });
  expect(journaledAccounts(stateDir)).toEqual(['paper-20260301-123005']);
  const again = openJournalReader({ stateDir, account: kept.account });
  again.verify();
  expect(again.runs()).toHaveLength(1);
  again.close();

  const fresh = openJournal(place, 2);
  expect(fresh.runs()).toEqual([]);
  fresh.close();
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HistoryLake, syntheticBars } from '../../src/data/index.ts';
import { syntheticRules } from '../../src/data/synthetic/index.ts';
import type { JournalInput, JournalReader } from '../../src/execution/journal/journal.ts';
import type { Effects } from '../../src/runs/live/attribution.ts';
import { compareRun } from '../../src/runs/live/compare-run.ts';
import { replayRun } from '../../src/runs/live/replay-run.ts';
import { journaledRun, testConfig } from './journaled-run.ts';

const symbols = ['BTCUSDT', 'ETHUSDT'];
const bars = syntheticBars({ symbols, timeframe: '15m', bars: 1_200, seed: 11 });
const config = testConfig(symbols, 'strategies:BreakoutVolumeStrategy');
const rules = symbols.map((symbol) => syntheticRules(symbol));
const options = { baseDir: '.', lake: new HistoryLake(join(mkdtempSync(join(tmpdir(), 'vlv-')), 'none')) };

function sumOf({ signal, entryPrice, exitPrice, latency, size, cost }: Effects): number {
  return signal + entryPrice + exitPrice + latency + size + cost;
}

/** The journal with other inputs, as if its hashes had been made to fit. */
function forged(journal: JournalReader, change: (row: JournalInput) => JournalInput): JournalReader {
  return {
    runs: () => journal.runs(),
    verify: () => undefined,
    *inputs(run: number) {
      for (const row of journal.inputs(run)) yield change(row);
    },
  } as Partial<JournalReader> as JournalReader;
}

test.each(['paper', 'live'] as const)('a replay of %s finds every command again, and a forged one', async (mode) => {
  const journal = await journaledRun({ mode, config, bars, rules });
  const found = replayRun(journal, 1);
  expect(found.difference).toBeNull();
  expect(found.inputs).toBe([...journal.inputs(1)].length);
  expect(found.commands).toBeGreaterThan(40);
  expect(found.unwritten).toBe(0);

  const first = [...journal.inputs(1)].find(({ commands }) => commands !== null)?.seq ?? 0;
  const other = forged(journal, (row) =>
    row.seq === first ? { ...row, commands: (row.commands ?? '').replace('"side":1', '"side":-1') } : row,
  );
  const { difference } = replayRun(other, 1);
  expect(difference?.message).toContain('"side":-1');
  expect(difference?.where).toBe(`journal, input ${first}`);
  await expect(compareRun(other, 1, options)).rejects.toMatchObject({ code: 'VLV_RECOVERY' });
  expect(() => replayRun(journal, 2)).toThrow(/run of the journal, got "2"/);
});

test('what followed from the last input of a process that died is told apart from a difference', async () => {
  const journal = await journaledRun({ mode: 'paper', config, bars, rules });
  const rows = [...journal.inputs(1)];
  const last = rows.findLastIndex(({ commands }) => commands !== null);
  const cut = { ...rows[last], commands: null };
  const reader = { ...forged(journal, (row) => row), inputs: () => [...rows.slice(0, last), cut].values() };
  const found = replayRun(reader as Partial<JournalReader> as JournalReader, 1);
  expect(found.difference).toBeNull();
  expect(found.unwritten).toBeGreaterThan(0);
});

test('paper trades what a backtest of the same bars trades', async () => {
  const journal = await journaledRun({ mode: 'paper', config, bars, rules });
  const found = await compareRun(journal, 1, options);
  expect(found.entries).toBeGreaterThan(20);
  expect(found).toMatchObject({ differences: [], same: found.entries, bars: 2_400 });
  expect(found.signals.compared).toBeGreaterThan(400);
  expect(found.signals.different).toBe(0);
  expect(found.runProfit).toBe(found.backtestProfit);
});

test('what differs live is attributed, and adds up', async () => {
  const journal = await journaledRun({ mode: 'live', config, bars, rules });
  const found = await compareRun(journal, 1, options);
  expect(found.signals.different).toBe(0);
  expect(sumOf(found.totals)).toBeCloseTo(found.runProfit - found.backtestProfit, 6);
  expect(found.differences.length).toBeGreaterThan(10);
  for (const { effects, profit } of found.differences) {
    expect(sumOf(effects)).toBeCloseTo(profit, 6);
  }
  const paired = found.differences.filter(({ run, backtest }) => run && backtest);
  expect(paired.length).toBeGreaterThan(3);
  for (const { delayMs, effects } of paired) {
    expect(delayMs).toBe(700);
    expect(effects.entryPrice).not.toBe(0);
  }
});

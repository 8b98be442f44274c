import { expect, it } from 'vitest';
import { syntheticBars } from '../../src/data/index.ts';
import { syntheticRules } from '../../src/data/synthetic/index.ts';
import { journaledRun, testConfig } from '../parity/journaled-run.ts';
import { inProcess } from './in-process.ts';
import { temporaryFolder } from './process.ts';

const symbols = ['BTCUSDT', 'ETHUSDT'];
const bars = syntheticBars({ symbols, timeframe: '15m', bars: 1_200, seed: 11 });
const config = testConfig(symbols, 'strategies:BreakoutVolumeStrategy');
const rules = symbols.map((symbol) => syntheticRules(symbol));

it('replays a run, compares it with a backtest, and puts the paper account away', async () => {
  const cwd = temporaryFolder();
  const journal = await journaledRun({ mode: 'paper', config, bars, rules }, cwd);
  const flags = ['--account', 'paper', '--state-dir', cwd];
  const replay = await inProcess(['replay', '1', ...flags], { cwd });
  expect(replay).toMatchObject({ code: 0, stderr: '' });
  expect(replay.stdout).toMatch(/^Run 1: \d+ inputs and \d+ commands compared, all byte for byte the same\.\n$/);
  const told = JSON.parse((await inProcess(['replay', '1', ...flags, '--json'], { cwd })).stdout) as object;
  expect(told).toMatchObject({ version: 1, account: 'paper', mode: 'paper', equal: true, difference: null, runs: [1] });
  expect(await inProcess(['replay', '2', ...flags], { cwd })).toMatchObject({ code: 2 });

  const compare = await inProcess(['compare', '1', ...flags], { cwd });
  expect(compare).toMatchObject({ code: 0, stderr: '' });
  expect(compare.stdout).toMatch(/Run 1 against a backtest of the same 2400 bars: (\d+) of \1 entries are the same\./);
  const parts = JSON.parse((await inProcess(['compare', '1', ...flags, '--json'], { cwd })).stdout) as object;
  expect(parts).toMatchObject({
    differences: [],
    totals: { signal: 0, entry_price: 0, cost: 0 },
    notes: expect.any(Array),
  });

  const reset = ['paper', 'reset', '--state-dir', cwd];
  expect((await inProcess(reset, { cwd })).stderr).toContain('VLV_INSTANCE');
  journal.close();
  const kept = JSON.parse((await inProcess([...reset, '--json'], { cwd })).stdout) as { account: string };
  expect(kept).toMatchObject({ runs: 1, version: 1 });
  expect((await inProcess(['replay', '1', '--account', kept.account, '--state-dir', cwd], { cwd })).code).toBe(0);
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/cli/process.ts';
import { loadConfigOrHistory } from './stored-config.ts';

/** A folder in which these files lie under data/history. */
function folderWith(...files: string[]): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data', 'history'), { recursive: true });
  for (const file of files) writeFileSync(join(folder, 'data', 'history', file), '');
  return folder;
}

describe('a folder without a config', () => {
  const notes: string[] = [];
  const terminal = { note: (text: string) => notes.push(text) };

  it('runs the first strategy on what was downloaded, in equal shares, and says so', () => {
    const folder = folderWith('BTCUSDT_1h.csv', 'ETHUSDT_4h.csv');
    const { config, baseDir } = loadConfigOrHistory(undefined, {}, folder, terminal);
    expect(config.strategies.map(({ symbol, timeframe, allocation }) => [symbol, timeframe, allocation])).toEqual([
      ['BTCUSDT', '1h', 0.5],
      ['ETHUSDT', '4h', 0.5],
    ]);
    expect(baseDir).toBe(folder);
    expect(notes).toEqual(['No config.yaml here: EMAMACDStrategy on the stored history (BTCUSDT 1h, ETHUSDT 4h).']);
  });

  it('is an error where nothing was downloaded, or nothing in the account’s money', () => {
    for (const folder of [folderWith(), folderWith('ETHBTC_1h.csv'), temporaryFolder()]) {
      expect(() => loadConfigOrHistory(undefined, {}, folder, terminal)).toThrow(
        expect.objectContaining({ code: 'VLV_CONFIG_FILE' }),
      );
    }
  });

  it('is an error where a config was named that is not there', () => {
    const folder = folderWith('BTCUSDT_1h.csv');
    expect(() => loadConfigOrHistory('mine.yaml', {}, folder, terminal)).toThrow(/mine\.yaml/);
    expect(() => loadConfigOrHistory(undefined, { VALVULIN_CONFIG: 'theirs.yaml' }, folder, terminal)).toThrow(
      /theirs/,
    );
  });

  it('never replaces a config that is there but wrong', () => {
    const folder = folderWith('BTCUSDT_1h.csv');
    writeFileSync(join(folder, 'config.yaml'), 'version: 2\n');
    expect(() => loadConfigOrHistory(undefined, {}, folder, terminal)).toThrow(
      expect.objectContaining({ code: 'VLV_CONFIG' }),
    );
  });
});

import { resolve } from 'node:path';
import { Option } from 'commander';
import type { HistoryLake } from '../../data/index.ts';

/** The option that says where the history is. */
export function dataDirOption(): Option {
  return new Option('--data-dir <dir>', 'folder of the history').default('data/history');
}

/** The history in a folder, from the current one. Loaded only by the commands that need it. */
export async function lakeIn(dataDir: string, cwd: string): Promise<HistoryLake> {
  const { HistoryLake: Lake } = await import('../../data/index.ts');
  return new Lake(resolve(cwd, dataDir));
}

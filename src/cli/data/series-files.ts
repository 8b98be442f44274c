import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ValvulinError } from '../../core/errors.ts';
import { type Timeframe, toTimeframe } from '../../core/timeframe.ts';
import type { ReadOptions } from '../../data/index.ts';

/** Files that hold one series of bars together, such as the monthly archives of one symbol. */
export interface SeriesFiles {
  readonly paths: readonly string[];
  /** How the user named them: the file, or the folder with how many. */
  readonly shown: string;
}

const DATA_FILE = /\.(csv|tsv|txt|json|parquet|pq|feather|arrow|ipc)(\.gz)?$/i;
const DATE = /\d{4}-\d{2}(-\d{2})?/;

/**
 * The series in some files and folders: files of one folder whose names differ only in a date are read as one.
 * @throws ValvulinError `VLV_DATA_FILE` where a path does not exist or a folder holds no data files
 */
export function findSeries(given: readonly string[], cwd: string): SeriesFiles[] {
  return given.flatMap((path) => {
    const absolute = resolve(cwd, path);
    if (!existsSync(absolute)) {
      throw new ValvulinError('VLV_DATA_FILE', `No file or folder "${path}"`, { hint: 'Check the path.' });
    }
    if (!statSync(absolute).isDirectory()) return [{ paths: [absolute], shown: path }];
    const groups = new Map<string, string[]>();
    for (const file of dataFiles(absolute)) {
      const key = join(dirname(file), basename(file).replace(DATE, '*'));
      groups.set(key, [...(groups.get(key) ?? []), file]);
    }
    if (groups.size === 0) {
      throw new ValvulinError('VLV_DATA_FILE', `Expected data files, got none in "${path}"`, {
        hint: 'Files end in .csv, .json, .parquet or .feather, also with .gz.',
      });
    }
    return [...groups.values()].map((paths) => ({ paths, shown: shownName(paths, cwd) }));
  });
}

export interface ReadFlags {
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly columns?: string;
  readonly strict?: boolean;
}

/** The reader's options as given on the command line. @throws ValvulinError `VLV_TIMEFRAME` */
export function readOptions(flags: ReadFlags): ReadOptions {
  const timeframe: Timeframe | undefined = flags.timeframe === undefined ? undefined : toTimeframe(flags.timeframe);
  return {
    ...(flags.symbol === undefined ? {} : { symbol: flags.symbol }),
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(flags.columns === undefined ? {} : { columns: flags.columns.split(',').map((name) => name.trim()) }),
    strict: flags.strict === true,
  };
}

function dataFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && DATA_FILE.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function shownName(paths: readonly string[], cwd: string): string {
  const first = paths[0] ?? '';
  const shown = first.startsWith(`${cwd}/`) ? first.slice(cwd.length + 1) : first;
  return paths.length === 1 ? shown : `${dirname(shown)} (${paths.length} files)`;
}

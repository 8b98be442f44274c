import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that are made and not written: dependencies, builds, downloads, reports. */
const MADE = new Set(['node_modules', 'dist', 'coverage', '.git', 'data/history', 'analytics', 'runs']);

/** Every file that somebody wrote, as paths below `root` with forward slashes, sorted. */
export function writtenFiles(root: string): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (MADE.has(path) || entry.name === 'node_modules') return [];
      return entry.isDirectory() ? walk(path) : [path];
    });
  return walk('').sort();
}

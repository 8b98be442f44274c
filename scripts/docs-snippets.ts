// Holds the code blocks of all documents equal to files that are run:
//   <!-- example: examples/x.ts -->   the block is that file, which `npm run check` runs
//   <!-- run by: scripts/check.mjs --> the block is commands that this file runs
// A block of code without such a line is a complaint. With --write the blocks are taken from their files.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writtenFiles } from './tree.ts';

const root = join(import.meta.dirname, '..');
const CODE = new Set(['ts', 'typescript', 'js', 'javascript', 'bash', 'sh', 'shell', 'yaml', 'yml', 'json']);
const BLOCK = /(?:<!-- (example|run by): (\S+) -->\n+)?^```(\w+)\n([\s\S]*?)^```$/gm;

const FENCE = '```';

/**
 * Compares the code blocks of one document with their files.
 * @returns the document with its blocks taken from the files, and what was wrong, one line each
 */
export function checkDocument(
  name: string,
  text: string,
  readExample: (path: string) => string | undefined,
): { readonly updated: string; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const replace = (
    whole: string,
    kind: string | undefined,
    path: string,
    language: string,
    body: string,
    offset: number,
  ): string => {
    const where = `${name}:${text.slice(0, offset).split('\n').length}`;
    if (!CODE.has(language)) return whole;
    if (kind === undefined) {
      problems.push(`${where}: a ${language} block without "<!-- example: FILE -->"`);
      return whole;
    }
    const example = readExample(path);
    if (example === undefined) {
      problems.push(`${where}: "${path}" does not exist`);
      return whole;
    }
    if (kind === 'run by' || body === example) return whole;
    problems.push(`${where}: differs from "${path}"`);
    return `${whole.slice(0, whole.length - body.length - FENCE.length)}${example}${FENCE}`;
  };
  return { updated: text.replace(BLOCK, replace), problems };
}

if (import.meta.main) {
  const write = process.argv.includes('--write');
  const problems: string[] = [];
  for (const path of writtenFiles(root).filter((file) => file.endsWith('.md'))) {
    const text = readFileSync(join(root, path), 'utf8');
    const read = (file: string): string | undefined =>
      existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined;
    const first = checkDocument(path, text, read);
    if (write && first.updated !== text) writeFileSync(join(root, path), first.updated);
    problems.push(...(write ? checkDocument(path, first.updated, read) : first).problems);
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0)
    console.error('Run "node scripts/docs-snippets.ts --write" to take the blocks from their files.');
  process.exitCode = problems.length > 0 ? 1 : 0;
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUGS } from './bugs.ts';

/** Those that a scenario notices at once; `npm run test:deep` tries all. */
const QUICK = [
  'an order is sent without its intent',
  'an intent is not synced to the disk',
  'fills of an order that is over are dropped',
  'one trade of each order counts',
  'an exit is sent beside the stop that stands',
  'a restart does not know the orders that were sent',
  'something is sent before the account is recovered',
];

test.each(QUICK)('the simulation notices: %s', (name) => {
  const number = BUGS.findIndex((bug) => bug.name === name);
  const script = join(import.meta.dirname, 'run-bugs.ts');
  const output = execFileSync(process.execPath, [script, '20', String(number)], { encoding: 'utf8' });
  expect((JSON.parse(output) as Record<string, string | null>)[name]).toMatch(/^I\d+, /);
});

test('the table in docs has every planted bug, and none that was not noticed', () => {
  const table = readFileSync(join(import.meta.dirname, '../../../docs/planted-bugs.md'), 'utf8');
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && line.includes('`src/'));
  expect(rows.map((row) => row.split(' | ')[0].slice(2))).toEqual(BUGS.map(({ name }) => name));
  expect(table).not.toContain('not noticed**');
  expect(BUGS.length).toBeGreaterThanOrEqual(24);
});

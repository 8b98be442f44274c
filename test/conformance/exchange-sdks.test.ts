import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conformancePage } from '../../scripts/exchange-conformance.ts';
import { CANDIDATES, conform, KEY_KINDS, OPERATIONS } from './exchange-sdks/operations.ts';

const kinds = Object.keys(KEY_KINDS) as (keyof typeof KEY_KINDS)[];

describe.each(CANDIDATES)('the library $name on the local exchange', (candidate) => {
  it.each(kinds)('does everything with a key of kind %s', async (kind) => {
    const done: string[] = [];
    await conform(candidate, kind, (operation) => done.push(operation));
    expect(done).toEqual(OPERATIONS.map(({ name }) => name));
  });
});

it('the table in docs/ shows what was tested here, with the installed versions', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/exchange-conformance.md'), 'utf8');
  expect(page).toBe(conformancePage());
});

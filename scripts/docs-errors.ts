// Writes docs/errors.md from the registry of codes: `node scripts/docs-errors.ts`. A test holds the page equal to it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../src/core/errors.ts';
import { REFUSAL_CODES } from '../src/core/trade.ts';

/** The page of all error and refusal codes, in Markdown. */
export function errorsPage(): string {
  const rows = (codes: Readonly<Record<string, string>>): string =>
    Object.entries(codes)
      .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
      .join('\n');
  return `# Error and refusal codes

This page is generated from \`src/core/errors.ts\` and \`src/core/trade.ts\` by \`node scripts/docs-errors.ts\`.

## Errors

Whatever a caller did not expect is a \`ValvulinError\`. Its \`code\` is stable and never reused, its message quotes the
offending value, \`where\` says where it was found and \`hint\` what can be done. Commands print all of it and exit with 1,
or with 2 where the command line or the configuration is wrong.

| code | meaning |
|---|---|
${rows(ERROR_CODES)}

## Refusals

A signal that risk does not let through is no error: it is recorded in \`result.refusals\` with one of these codes, and
counted in the report.

| code | meaning |
|---|---|
${rows(REFUSAL_CODES)}
`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '..', 'docs', 'errors.md'), errorsPage());

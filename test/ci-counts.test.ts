import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'valvulin-counts-'));
const script = join(import.meta.dirname, '..', '.ci', 'counts.mjs');

function counts(report: object | string): { readonly last: string | undefined; readonly status: number | null } {
  const file = join(folder, 'report.json');
  writeFileSync(file, typeof report === 'string' ? report : JSON.stringify(report));
  const { stdout, status } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
  return { last: stdout.trimEnd().split('\n').at(-1), status };
}

const report = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 2, numTodoTests: 0, testResults: [] };

describe('the closing line of .ci/run', () => {
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('counts what passed and failed', () => {
    expect(counts(report)).toEqual({ last: '7 passed, 0 failed', status: 0 });
    expect(counts({ ...report, numFailedTests: 2 })).toEqual({ last: '7 passed, 2 failed', status: 1 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(counts({ ...report, testResults })).toEqual({ last: '7 passed, 1 failed', status: 1 });
  });

  it('is a failure where nothing ran or nothing was written', () => {
    expect(counts('')).toEqual({ last: '0 passed, 1 failed', status: 1 });
    expect(counts({ ...report, numPassedTests: 0 })).toEqual({ last: '0 passed, 0 failed', status: 1 });
  });
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../fixtures/paper-trace.ts', import.meta.url));
const ZONES = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'];

test('a paper run takes in, decides and trades the same in four time zones, to the byte', async () => {
  const traces = await Promise.all(
    ZONES.map(async (zone) => {
      const { stdout } = await run(process.execPath, [script], { env: { ...process.env, TZ: zone } });
      return JSON.parse(stdout) as { offset: number; hash: string; rows: number; trades: number };
    }),
  );
  // The processes did believe to be in different places.
  expect(new Set(traces.map(({ offset }) => offset)).size).toBe(ZONES.length);
  expect(new Set(traces.map(({ hash }) => hash)).size).toBe(1);
  expect(traces[0].trades).toBeGreaterThan(20);
  expect(traces[0].rows).toBeGreaterThan(2_000);
});

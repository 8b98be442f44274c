import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const script = fileURLToPath(new URL('../fixtures/journal-full-loop.ts', import.meta.url));

const UNSHARE = 'unshare';
/** A process with a disk of its own needs a system that lets it have one. */
const canMount = spawnSync(UNSHARE, ['-rm', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

/** What the script says on a disk of so many megabytes. */
function onSmallDisk(megabytes: number): { orders: number; ordersBeforeReserve: number; errors: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'vlv-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const shell = `mount -t tmpfs -o size=${megabytes}m none "$1" && exec "$2" "$3" "$1"`;
  const args = ['-rm', 'sh', '-c', shell, 'sh', folder, process.execPath, script];
  const { stdout, stderr, status } = spawnSync(UNSHARE, args, { encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
  return JSON.parse(stdout) as ReturnType<typeof onSmallDisk>;
}

describe.skipIf(!canMount)('a journal on a disk that fills up', () => {
  it('goes on in the room that was kept back, and fails for good when that is full too', () => {
    const found = onSmallDisk(30);
    expect(found.errors).toEqual(['VLV_JOURNAL', 'VLV_JOURNAL']);
    expect(found.ordersBeforeReserve).toBeGreaterThan(100);
    expect(found.orders).toBeGreaterThan(found.ordersBeforeReserve + 1_000);
  });

  it('has nothing kept back where there never was room for it, and says so from the start', () => {
    const found = onSmallDisk(10);
    expect(found.ordersBeforeReserve).toBe(0);
    expect(found.orders).toBeGreaterThan(100);
  });
});

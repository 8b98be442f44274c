import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** The environment of a person at a terminal, whose Node is not the pinned one. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$|^VALVULIN_/.test(name))),
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
};

describe('a fresh clone', () => {
  const clone = join(mkdtempSync(join(tmpdir(), 'valvulin-clone-')), 'valvulin');
  const start = async (...args: string[]) => run('npm', ['start', ...args], { cwd: clone, env });

  beforeAll(async () => {
    await run('git', ['clone', '--quiet', '--no-hardlinks', root, clone]);
  });
  afterAll(() => {
    rmSync(join(clone, '..'), { recursive: true, force: true });
  });

  it('installs, builds and backtests with one command', async () => {
    const { stdout, stderr } = await start();
    expect(stderr).toMatch(/Installing dependencies…[^]*Installing the pinned Node…[^]*Building…/);
    expect(stdout).toContain('SYNTHETIC DATA');
    const report = /^Report: (.+\.html)$/m.exec(stdout)?.[1] ?? '';
    expect(readFileSync(report, 'utf8')).toContain('<html');
  });

  it('leaves nothing in the tree that git would see', async () => {
    const { stdout } = await run('git', ['status', '--porcelain'], { cwd: clone });
    expect(stdout).toBe('');
  });

  it('does none of it again the next time', async () => {
    const { stdout, stderr } = await start();
    expect(stdout).toContain('Report:');
    expect(stderr).not.toMatch(/Installing|Building/);
  });

  it('builds again where a source has changed, and only builds', async () => {
    utimesSync(join(clone, 'src', 'index.ts'), new Date(), new Date());
    const { stdout, stderr } = await start('--', '--version');
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/m);
    expect(stderr).toContain('Building…');
    expect(stderr).not.toContain('Installing');
  });

  it('installs again where an installation was interrupted', async () => {
    rmSync(join(clone, 'node_modules', '.package-lock.json'));
    const { stdout, stderr } = await start('--', '--help');
    expect(stderr).toContain('Installing dependencies…');
    expect(stdout).toContain('backtest');
    expect(existsSync(join(clone, 'node_modules', '.bin', 'node'))).toBe(true);
  });
});

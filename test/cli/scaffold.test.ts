import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { cli, temporaryFolder } from './process.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** What an installed package looks like to a project, read from the sources: the real one is tested in test/package. */
function installInto(project: string): void {
  const modules = join(project, 'node_modules');
  const linked = join(project, '.linked');
  mkdirSync(linked, { recursive: true });
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(root, 'src'), join(linked, 'src'));
  symlinkSync(linked, join(modules, 'valvulin'));
  symlinkSync(join(root, 'node_modules', 'tsx'), join(modules, 'tsx'));
  const rooms = ['core', 'indicators', 'strategies'].map((room) => [`./${room}`, `./src/${room}/index.ts`]);
  const content = { name: 'valvulin', type: 'module', exports: Object.fromEntries(rooms) };
  writeFileSync(join(linked, 'package.json'), JSON.stringify(content));
}

it('starts a project whose tests pass and whose config runs', async () => {
  const cwd = temporaryFolder();
  const made = await cli(['init', 'my-trading'], { cwd });
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain('Next: cd my-trading && npm install && npm test && npm start');
  const project = join(cwd, 'my-trading');
  installInto(project);

  expect((await cli(['strategies', 'new', 'second-idea'], { cwd: project })).code).toBe(0);
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { scripts: { test: string } };
  expect(scripts.test).toBe('node --import tsx --test "strategies/*.test.ts"');
  const files = ['strategies/my-strategy.test.ts', 'strategies/second-idea.test.ts'];
  const tests = await run(process.execPath, ['--import', 'tsx', '--test', ...files], { cwd: project });
  expect(tests.stdout).toMatch(/pass 6/);

  expect((await cli(['config', 'check'], { cwd: project })).code).toBe(0);
  const backtest = await cli(['backtest', '--json'], { cwd: project });
  expect(backtest.code, backtest.stderr).toBe(0);
  expect(JSON.parse(backtest.stdout)).toMatchObject({ runs: [{ strategy: 'my-strategy', params: { length: 50 } }] });
});

it('leaves what is there alone', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'config.yaml'), '# mine\n');
  const made = await cli(['init', '.'], { cwd });
  expect(made.stdout).toContain('kept    config.yaml');
  expect(made.stdout).toContain('created package.json');
  expect(readFileSync(join(cwd, 'config.yaml'), 'utf8')).toBe('# mine\n');
  const before = readFileSync(join(cwd, 'strategies', 'my-strategy.ts'), 'utf8');
  const again = await cli(['strategies', 'new', 'my-strategy'], { cwd });
  expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('already exists') });
  expect(readFileSync(join(cwd, 'strategies', 'my-strategy.ts'), 'utf8')).toBe(before);
  expect(readdirSync(cwd).filter((name) => name.includes('tmp'))).toEqual([]);
});

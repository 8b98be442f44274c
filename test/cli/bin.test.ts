import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/valvulin.mjs', import.meta.url));

it.each(['18.20.8', '20.20.2', '22.12.0'])('says in one line that Node %s is too old, and ends with 2', (version) => {
  const old = `Object.defineProperty(process.versions, 'node', { value: '${version}' });`;
  const loader = `data:text/javascript,${encodeURIComponent(old)}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', loader, BIN, '--help'], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: `valvulin needs Node 22.13 or newer; this is Node ${version}.\n`,
  });
});

it('has no syntax that keeps an old Node from reaching that line', () => {
  const code = readFileSync(BIN, 'utf8').replace(/^(#!|\s*\/\/).*$/gm, '');
  expect(code).not.toMatch(/=>|\?\.|\?\?|\bawait\b|\basync\b|`|^import .* from/m);
});

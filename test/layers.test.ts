import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  readonly forbidden: IForbiddenRuleType[];
  readonly options: ICruiseOptions;
};

/** Violations of the layer rules in the `src` of a tree, as `rule: from > to`. */
async function violations(tree: string): Promise<string[]> {
  const answer = await cruise(['src'], {
    ...config.options,
    baseDir: tree,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  });
  const { summary, modules } = answer.output as ICruiseResult;
  if (modules.length === 0) throw new Error(`No modules were read in "${tree}"`);
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} > ${to}`);
}

describe('the layers of the source tree', () => {
  it('hold', async () => {
    expect(await violations(root)).toEqual([]);
  });
});

/** Each file imports exactly one thing; the rule must object, or must not where there is none. */
const PLANTED: readonly (readonly [file: string, statement: string, rule: string | null])[] = [
  ['indicators/a.ts', `import { x } from '../core/x.ts'; export const a = x;`, 'layers-indicators'],
  ['core/a.ts', `import { x } from '../execution/x.ts'; export const a = x;`, 'layers-core'],
  ['core/b.ts', `import type { X } from '../strategies/x.ts'; export type B = X;`, 'layers-core'],
  ['strategies/a.ts', `import { x } from '../data/x.ts'; export const a = x;`, 'layers-strategies'],
  ['data/a.ts', `import { x } from '../execution/x.ts'; export const a = x;`, 'layers-data'],
  ['analytics/a.ts', `import { x } from '../execution/x.ts'; export const a = x;`, 'layers-analytics'],
  ['analytics/b.ts', `import { types } from '../execution/types.ts'; export const b = types;`, 'types-only-analytics'],
  ['execution/a.ts', `import { x } from '../strategies/x.ts'; export const a = x;`, 'layers-execution'],
  ['execution/b.ts', `import { x } from '../runs/x.ts'; export const b = x;`, 'layers-execution'],
  ['exchange/a.ts', `import { x } from '../runs/x.ts'; export const a = x;`, 'layers-exchange'],
  ['alerts/a.ts', `import { x } from '../data/x.ts'; export const a = x;`, 'layers-alerts'],
  ['dashboard/a.ts', `import { x } from '../strategies/x.ts'; export const a = x;`, 'layers-dashboard'],
  ['runs/a.ts', `import { x } from '../cli/x.ts'; export const a = x;`, 'layers-runs'],
  ['core/c.ts', `import { readFileSync } from 'node:fs'; export const c = readFileSync;`, 'pure-core'],
  ['indicators/c.ts', `export const c = () => import('node:os');`, 'pure-indicators'],
  ['strategies/c.ts', `import picocolors from 'picocolors'; export const c = picocolors;`, 'pure-strategies'],
  ['core/d.ts', `import { z } from 'zod'; export const d = z;`, 'zod-core'],
  ['indicators/d.ts', `import { z } from 'zod'; export const d = z;`, 'zod-indicators'],
  ['data/e.ts', `import * as fc from 'fast-check'; export const e = fc;`, 'no-dev-packages'],
  ['data/f.ts', `import { x } from '../nowhere/x.ts'; export const f = x;`, 'no-unresolved'],
  ['data/g.ts', `import { x } from '../newroom/x.ts'; export const g = x;`, 'known-rooms'],
  ['data/h.ts', `import { i } from './i.ts'; export const h = () => i;`, 'no-cycles'],
  ['data/j.ts', `import { x } from '../../test/x.ts'; export const j = x;`, 'product-imports-no-tests'],
  ['core/config/a.ts', `import { z } from 'zod'; export const a = z;`, null],
  ['strategies/z.ts', `import { z } from 'zod'; export const b = z;`, null],
  ['analytics/z.ts', `import type { Types } from '../execution/types.ts'; export type Z = Types;`, null],
  ['execution/z.ts', `import { base } from '../strategies/base.ts'; export const z = base;`, null],
  ['runs/z.ts', `import { x } from '../execution/x.ts'; export const z = x;`, null],
  ['cli/z.ts', `import { x } from '../runs/x.ts'; export const z = x;`, null],
];

describe('a planted illegal import', () => {
  const tree = mkdtempSync(join(tmpdir(), 'valvulin-layers-'));
  let found: string[] = [];

  beforeAll(async () => {
    const rooms = ['indicators', 'core', 'strategies', 'data', 'analytics', 'execution', 'runs', 'cli', 'newroom'];
    const files: [string, string][] = [
      ...rooms.map((room): [string, string] => [`src/${room}/x.ts`, 'export const x = 1;\nexport type X = 1;']),
      ['src/execution/types.ts', 'export const types = 1;\nexport type Types = 1;'],
      ['src/strategies/base.ts', 'export const base = 1;'],
      ['src/data/i.ts', "import { h } from './h.ts';\nexport const i = () => h;"],
      ['test/x.ts', 'export const x = 1;'],
      [
        'package.json',
        '{"type":"module","dependencies":{"zod":"*","picocolors":"*"},"devDependencies":{"fast-check":"*"}}',
      ],
      ...PLANTED.map(([file, statement]): [string, string] => [`src/${file}`, statement]),
    ];
    for (const [file, text] of files) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    }
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction');
    found = await violations(tree);
  });
  afterAll(() => {
    rmSync(tree, { recursive: true, force: true });
  });

  it.each(PLANTED)('%s: %s', (file, _statement, rule) => {
    const here = found.filter((line) => line.includes(`: src/${file} > `)).map((line) => line.split(':')[0]);
    if (rule === null) expect(here).toEqual([]);
    else expect(here).toContain(rule);
  });

  it('is planted for every rule', () => {
    const planted = new Set<string | null>(PLANTED.map(([, , rule]) => rule));
    expect(config.forbidden.map(({ name }) => name ?? '').filter((name) => !planted.has(name))).toEqual([]);
  });
});

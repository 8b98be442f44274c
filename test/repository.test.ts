import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../scripts/docs-errors.ts';
import { writtenFiles } from '../scripts/tree.ts';

const root = join(import.meta.dirname, '..');
const here = 'test/repository.test.ts';
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const files = writtenFiles(root);
const code = files.filter((path) => /\.(ts|mjs|cjs|js)$/.test(path));
const text = files.filter((path) => /\.(ts|mjs|cjs|js|json|md|ya?ml|html|css|svg)$|^\.ci\/|^\.npmrc$/.test(path));
const written = text.filter((path) => path !== here && path !== 'package-lock.json');

/** Lines that match, as `file:line: text`. */
function lines(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
}

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(read('package.json')) as Manifest;

const notes = written.filter((path) => path !== 'test/shared-data.ts');
const tests = code.filter((path) => path.endsWith('.test.ts') && path !== here);
const ownCode = code.filter((path) => path !== here);

/** What no line may hold, where that is looked for, and a line that proves the pattern finds it. */
const FORBIDDEN = [
  {
    name: 'path of a machine',
    pattern: /(?<![\w.~])\/(work|home|root|Users)\//,
    within: written,
    planted: "'/home/me/x'",
  },
  {
    name: 'registry host',
    pattern: /registry\.\w+\.\w|npmjs\.org|npmmirror|\.jfrog\.|verdaccio/,
    within: [...written, 'package-lock.json'],
    planted: 'https://registry.example.org/x',
  },
  { name: 'neighbouring folder', pattern: /\.\.\/shared(?![-\w])/, within: notes, planted: "'../shared/data'" },
  { name: 'work left for later', pattern: /\b(TODO|FIXME|XXX)\b/, within: written, planted: '// TODO: later' },
  {
    name: 'silenced check',
    pattern: /eslint-disable|@ts-ignore|@ts-nocheck|biome-ignore|\bas any\b/,
    within: ownCode,
    planted: '(x as any)',
  },
  {
    name: 'test that is switched off, or alone on',
    pattern: /\b(it|test|describe)(\.\w+)*\.(only|skip|todo)\b|\bx(it|describe)\(/,
    within: tests,
    planted: 'describe.skip(',
  },
];

describe('the written files', () => {
  it('are found', () => {
    expect(code.length).toBeGreaterThan(50);
    expect(files).toContain(here);
  });

  it('have at most 400 lines of code', () => {
    expect(code.filter((path) => read(path).split('\n').length > 400)).toEqual([]);
  });

  it('have kebab-case names', () => {
    const named = /^[a-z0-9.]+(-[a-z0-9.]+)*$/;
    expect(code.filter((path) => !path.split('/').every((part) => named.test(part)))).toEqual([]);
  });

  it('lie in rooms with a subject', () => {
    expect(files.filter((path) => /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.[a-z]+$)/.test(path))).toEqual([]);
  });

  it.each(FORBIDDEN)('hold no $name', ({ pattern, within, planted }) => {
    expect(planted).toMatch(pattern);
    expect(lines(within, pattern)).toEqual([]);
  });
});

describe('the documents', () => {
  const documents = files.filter((path) => path.endsWith('.md'));

  it('link to files that exist', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map(([, target]) => join(dirname(path), target ?? ''))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path} > ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('list every error code', () => {
    expect(read('docs/errors.md')).toBe(errorsPage());
  });

  it('have numbered decisions without a gap', () => {
    const numbers = documents.filter((path) => /^docs\/adr\/\d/.test(path)).map((path) => basename(path).slice(0, 4));
    expect(numbers).toEqual(numbers.map((_, i) => String(i + 1).padStart(4, '0')));
  });

  it('have an entry for this version', () => {
    expect(read('CHANGELOG.md')).toContain(`## ${manifest.version}`);
  });
});

describe('the package', () => {
  it('pins every dependency', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('locks every dependency by its content', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly version?: string }>>;
    };
    const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
    expect(entries.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  });

  it('exports only modules that have a source', () => {
    const targets = Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry]));
    const missing = targets
      .map((entry) => entry.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))
      .filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
    expect(targets.filter((entry) => entry.types !== entry.default.replace(/\.js$/, '.d.ts'))).toEqual([]);
  });

  it('lists only files that exist', () => {
    expect(manifest.files.filter((path) => !/^!?dist\b/.test(path) && !existsSync(join(root, path)))).toEqual([]);
  });
});

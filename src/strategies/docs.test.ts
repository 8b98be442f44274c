import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { strategiesPage } from '../../scripts/strategy-docs.ts';
import { builtInStrategies } from './index.ts';

const page = readFileSync(new URL('../../docs/strategies.md', import.meta.url), 'utf8');

describe('docs/strategies.md', () => {
  test('has the tables that the schemas give; "node scripts/strategy-docs.ts" renews them', () => {
    expect(page).toBe(strategiesPage(page));
    expect(page).toContain('| `ema_short` | integer | 1 to 1000 | 12 |');
  });

  test('describes every built-in strategy and its parameters', () => {
    for (const name of Object.keys(builtInStrategies)) {
      expect(page).toContain(`\n### ${name}\n`);
      expect(page).toContain(`<!-- params: ${name} -->`);
    }
  });

  test('a stale table does not pass', () => {
    const stale = page.replace('| 1 to 1000 | 12 |', '| 1 to 1000 | 13 |');
    expect(stale).not.toBe(page);
    expect(strategiesPage(stale)).toBe(page);
  });
});

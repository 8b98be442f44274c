import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { indicatorsPage, measuredDifferences, storedDifferences } from '../../scripts/indicator-docs.ts';
import * as room from '../../src/indicators/index.ts';

const measured = measuredDifferences();

describe('docs/indicators.md', () => {
  it('is what the definitions say', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'indicators.md'), 'utf8');
    expect(page).toBe(indicatorsPage(storedDifferences()));
  });

  it.skipIf(!measured)('states the differences as they are (needs the shared reference data)', () => {
    expect(storedDifferences()).toEqual(measured);
  });

  it('lists every definition that is exported', () => {
    const exported = Object.entries(room).filter(([name]) => name.endsWith('Indicator'));
    expect(new Set(exported.map(([, definition]) => definition))).toEqual(new Set(room.INDICATORS));
    expect(
      exported.filter(([name, definition]) => name !== `${(definition as room.AnyIndicator).name}Indicator`),
    ).toEqual([]);
  });
});

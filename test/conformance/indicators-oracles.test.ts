import { describe, expect, it } from 'vitest';
import { sharedPath } from '../shared-data.ts';
import { compare, type OracleCall, talibCalls, tulipCalls } from './indicator-comparison.ts';
import { definitionOf, TALIB, TULIP } from './indicator-oracles.ts';

const talib = sharedPath('goldens', 'talib_goog.json');
const goog = sharedPath('data', 'GOOG.csv');
const tulip = sharedPath('goldens', 'tulip_vectors.json');

const TOLERANCE = { 'TA-Lib': 1e-9, Tulip: 6e-4 } as const;

function checkCall(call: OracleCall): void {
  const { library, oracle, params } = call;
  const { count, largest, later, differences } = compare(call);
  const { deviation } = oracle;
  expect(later, 'bars by which we start later').toBe(deviation?.later?.(params) ?? 0);
  expect(count).toBeGreaterThan(0);
  if (deviation?.differs?.(params)) {
    expect(largest, 'a deviation that is none').toBeGreaterThan(TOLERANCE[library]);
  } else if (deviation?.fades) {
    const keep = 1 - 1 / Number(params.length);
    for (const series of differences) {
      for (let i = 1; i < series.length; i++) {
        expect(Math.abs((series[i] ?? Number.NaN) - keep * (series[i - 1] ?? 0))).toBeLessThan(2 * TOLERANCE[library]);
      }
    }
  } else {
    expect(largest).toBeLessThan(TOLERANCE[library]);
  }
}

describe.skipIf(!talib || !goog)('TA-Lib on 2,148 daily bars (needs the shared reference data)', () => {
  const { calls, unknown } = talib && goog ? talibCalls(talib, goog) : { calls: [], unknown: [] };

  it('is covered: every function of the file is one of ours', () => {
    expect(unknown).toEqual([]);
    expect(calls.length).toBeGreaterThan(30);
  });

  it.each(calls.map((call) => [call.label, call] as const))('%s', (_label, call) => {
    checkCall(call);
  });
});

describe.skipIf(!tulip)('the vectors of Tulip (need the shared reference data)', () => {
  const calls = tulip ? tulipCalls(tulip) : [];

  it('cover every function we compare', () => {
    const seen = new Set(calls.map(({ oracle }) => oracle));
    expect(Object.keys(TULIP).filter((name) => TULIP[name] && !seen.has(TULIP[name]))).toEqual([]);
  });

  it.each(calls.map((call) => [call.label, call] as const))('%s', (_label, call) => {
    checkCall(call);
  });
});

describe('the table of library functions', () => {
  it.each(Object.entries({ ...TALIB, ...TULIP }))('%s names an indicator and its outputs', (_name, oracle) => {
    const definition = definitionOf(oracle.indicator);
    expect(definition.outputs).toEqual(expect.arrayContaining([...oracle.outputs]));
    const known = Object.keys(definition.defaults);
    const named = [...oracle.params.flat().filter((name) => name !== null), ...Object.keys(oracle.fixed ?? {})];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

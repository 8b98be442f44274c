import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyIndicator, INDICATORS, stream } from '../../src/indicators/index.ts';
import { firstDifference, mapColumns, market, outputsOf, stillMarket } from './indicator-market.ts';
import type { Columns } from './indicator-oracles.ts';

/** Parameters other than the defaults: every length a little shorter and the other seed, so that none is built in. */
function shorter(definition: AnyIndicator): Record<string, number> {
  const other = (value: unknown): unknown => {
    if (typeof value === 'number') return Number.isInteger(value) && value > 4 ? value - 2 : value;
    return value === 'first' ? 'sma' : value;
  };
  const given = Object.entries(definition.defaults).map(([name, value]) => [name, other(value)]);
  return Object.fromEntries(given) as Record<string, number>;
}

function finite(column: Float64Array): number {
  return column.findIndex((value) => Number.isFinite(value));
}

function expectSameBits(actual: readonly Float64Array[], expected: readonly Float64Array[], what: string): void {
  for (const [k, column] of actual.entries()) {
    expect(
      firstDifference(column, expected[k] ?? new Float64Array()),
      `${what}, output ${k}, first differing bar`,
    ).toBe(-1);
  }
}

/** Runs the streaming form bar by bar. */
function streamed(definition: AnyIndicator, columns: Columns, params: object): Float64Array[] {
  const length = columns.close?.length ?? 0;
  const form = stream(definition, params);
  const out = definition.outputs.map(() => new Float64Array(length));
  for (let i = 0; i < length; i++) {
    const bar = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[i] ?? Number.NaN]));
    const single = definition.inputs.length === 1 && definition.inputs[0] === 'value';
    const answer: unknown = form.update((single ? bar.value : bar) as never);
    for (const [k, name] of definition.outputs.entries()) {
      const column = out[k];
      if (column) column[i] = typeof answer === 'number' ? answer : (answer as Record<string, number>)[name];
    }
  }
  return out;
}

const numbers = { seed: fc.nat(), length: fc.integer({ min: 0, max: 260 }) };

describe.each(INDICATORS.map((definition) => [definition.name, definition] as const))('%s', (_name, definition) => {
  const bars = market(11, 400);
  const variants = [definition.defaults, shorter(definition)];
  const windowed = definition.about.seeding.startsWith('none');

  it('gives columns as long as its inputs', () => {
    for (const length of [0, 1, 2, 400]) {
      const lengths = outputsOf(definition, market(3, length)).map((column) => column.length);
      expect(lengths).toEqual(definition.outputs.map(() => length));
    }
  });

  it('has its first value at exactly the bar it states, and one at every later bar', () => {
    for (const params of variants) {
      const warmup = definition.warmup(params);
      const out = outputsOf(definition, bars, params);
      for (const [k, name] of definition.outputs.entries()) {
        const column = out[k] ?? new Float64Array();
        const first = warmup[name] ?? Number.NaN;
        if (definition.about.sparse) {
          const firsts = Array.from({ length: 200 }, (_, seed) =>
            finite(outputsOf(definition, market(seed, 60), params)[k] ?? column),
          );
          expect(Math.min(...firsts.filter((bar) => bar >= 0)), name).toBe(first);
        } else {
          expect(finite(column), name).toBe(first);
          expect(column.subarray(first).every(Number.isFinite), `${name} after its first value`).toBe(true);
        }
      }
    }
  });

  it('passes over bars with a value that is not finite, as though they were not there', () => {
    const holes = fc.uniqueArray(fc.integer({ min: 0, max: 199 }), { maxLength: 40 });
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(fc.nat(), holes, bad, fc.nat(), (seed, where, value, pick) => {
        const good = market(seed, 200);
        const hit = definition.inputs[pick % definition.inputs.length];
        const holed = mapColumns(good, (column, name) =>
          name === hit ? column.map((x, i) => (where.includes(i) ? value : x)) : column,
        );
        const compact = mapColumns(good, (column) => column.filter((_, i) => !where.includes(i)));
        const params = shorter(definition);
        const expected = outputsOf(definition, compact, params).map((column) => {
          let next = 0;
          return Float64Array.from({ length: 200 }, (_, i) => (where.includes(i) ? Number.NaN : (column[next++] ?? 0)));
        });
        expectSameBits(outputsOf(definition, holed, params), expected, 'with holes');
      }),
      { numRuns: 15 },
    );
  });

  it('gives the value it states on a market that does not move', () => {
    for (const price of [100, 0.1, 1e-5, 12345.678]) {
      const out = outputsOf(definition, stillMarket(price, 7, 400));
      const warmup = definition.warmup(definition.defaults);
      for (const [k, name] of definition.outputs.entries()) {
        const rule = definition.about.flat[name];
        const value = rule === 'price' ? price : rule === 'volume' ? 7 : rule === 'none' ? Number.NaN : Number(rule);
        const warm = (out[k] ?? new Float64Array()).subarray(warmup[name]);
        const wrong = warm.filter((x) => !(Object.is(x, value) || Math.abs(x - value) <= 1e-14 * Math.abs(value)));
        expect([...wrong], `${name} at price ${price}`).toEqual([]);
      }
    }
  });

  it('is the same for prices of a coin worth 0.00001', () => {
    const tiny = 2 ** -24;
    const scaled = mapColumns(bars, (column, name) =>
      name === 'time' || name === 'volume' ? column : column.map((x) => x * tiny),
    );
    const usual = outputsOf(definition, bars);
    const out = outputsOf(definition, scaled);
    for (const [k, name] of definition.outputs.entries()) {
      const column = out[k] ?? new Float64Array();
      const before = usual[k] ?? new Float64Array();
      const unchanged = firstDifference(column, before) === -1;
      expect(
        unchanged ||
          firstDifference(
            column,
            before.map((x) => x * tiny),
          ) === -1,
        name,
      ).toBe(true);
    }
  });

  it('streams the same bits as it gives in one batch', () => {
    fc.assert(
      fc.property(numbers.seed, numbers.length, fc.boolean(), (seed, length, holes) => {
        const clean = market(seed, length);
        const columns = holes
          ? mapColumns(clean, (c) => c.map((x, i) => ((i * 7 + seed) % 31 === 0 ? Number.NaN : x)))
          : clean;
        const params = seed % 2 === 0 ? definition.defaults : shorter(definition);
        expectSameBits(streamed(definition, columns, params), outputsOf(definition, columns, params), 'streamed');
      }),
      { numRuns: 8 },
    );
  });

  it('gives the same bits however the bars are cut into chunks', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(numbers.seed, numbers.length, cuts, (seed, length, sizes) => {
        const columns = market(seed, length);
        const params = shorter(definition);
        const state = definition.createState(params, length);
        const inputs = definition.inputs.map((name) => columns[name] ?? new Float64Array(length));
        const out = definition.outputs.map(() => new Float64Array(length));
        for (let from = 0, k = 0; from < length; k++) {
          const to = Math.min(length, from + (sizes[k % sizes.length] ?? 1));
          definition.step(inputs, from, to, state, params, out);
          from = to;
        }
        expectSameBits(out, outputsOf(definition, columns, params), 'in chunks');
      }),
      { numRuns: 15 },
    );
  });

  it('refuses impossible parameters and quotes them', () => {
    for (const name of Object.keys(definition.defaults)) {
      for (const value of name === 'offset' ? [Number.NaN] : [Number.NaN, 0, -3]) {
        const params = { ...definition.defaults, [name]: value };
        expect(() => outputsOf(definition, bars, params), `${name} ${value}`).toThrow(RangeError);
        expect(() => outputsOf(definition, bars, params)).toThrow(`got "${value}"`);
        expect(() => stream(definition, params)).toThrow(definition.name);
      }
    }
  });

  // Only a window promises this, so only windowed indicators have the test.
  if (windowed) {
    it('does not depend on the bar the column starts at, nor on a spike before the window', () => {
      const long = market(23, 700);
      const spike = mapColumns(long, (column, name) =>
        name === 'time' ? column : column.map((x, i) => (i === 90 ? x * 1e12 : x)),
      );
      const usual = outputsOf(definition, long);
      const reach = 2 * Math.max(...Object.values(definition.warmup(definition.defaults)));
      for (const start of [1, 37, 123]) {
        const late = outputsOf(
          definition,
          mapColumns(long, (column) => column.slice(start)),
        );
        expectSameBits(
          late.map((column) => column.subarray(reach)),
          usual.map((column) => column.subarray(start + reach)),
          `started at ${start}`,
        );
      }
      expectSameBits(
        outputsOf(definition, spike).map((column) => column.subarray(91 + reach)),
        usual.map((column) => column.subarray(91 + reach)),
        'after a spike',
      );
    });
  }
});

/** Averages of averages, and windows over them: what depends on the start only through a fading weight. */
const FADING = 'ema rma dema tema t3 rsi stochRsi cmo macd ppo trix atr natr keltner adx'.split(' ');

describe.each(
  INDICATORS.filter(({ name }) => FADING.includes(name)).map((definition) => [definition.name, definition] as const),
)('%s', (_name, definition) => {
  it('forgets the bar it started at, to the bit, after 40 lengths', () => {
    const long = market(31, 4000);
    const params = shorter(definition);
    const reach = 40 * Math.max(...Object.values(params).filter(Number.isFinite));
    const usual = outputsOf(definition, long, params);
    const late = outputsOf(
      definition,
      mapColumns(long, (column) => column.slice(977)),
      params,
    );
    expectSameBits(
      late.map((column) => column.subarray(reach)),
      usual.map((column) => column.subarray(977 + reach)),
      'started at 977',
    );
  });
});

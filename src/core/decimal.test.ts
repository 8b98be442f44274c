import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBigUnits, formatUnits, parseBigUnits, parseUnits } from './decimal.ts';

const decimals = fc.integer({ min: 0, max: 18 });
const units = fc.maxSafeInteger();

describe('parseUnits and formatUnits', () => {
  it('are each other’s inverse, for every whole number below 2^53', () => {
    fc.assert(
      fc.property(units, decimals, (value, places) => {
        expect(parseUnits(formatUnits(value, places), places)).toBe(value + 0);
      }),
    );
  });

  it('write neither an exponent nor a zero too many', () => {
    fc.assert(
      fc.property(units, decimals, (value, places) => {
        expect(formatUnits(value, places)).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });

  it('do not mind zeros behind the last decimal', () => {
    fc.assert(
      fc.property(units, decimals, fc.integer({ min: 0, max: 12 }), (value, places, zeros) => {
        const text = formatUnits(value, places);
        const padded = `${text}${text.includes('.') ? '' : '.0'}${'0'.repeat(zeros)}`;
        expect(parseUnits(padded, places)).toBe(value + 0);
      }),
    );
  });

  it('hold amounts beyond 2^53 as big integers', () => {
    fc.assert(
      fc.property(fc.bigInt(), decimals, (value, places) => {
        expect(parseBigUnits(formatBigUnits(value, places), places)).toBe(value);
      }),
    );
  });

  it.each([
    ['0.00001000', 8, 1_000],
    ['0.00097504', 8, 97_504],
    ['-1.5', 2, -150],
    ['-0.00', 2, 0],
    ['90071992.54740991', 8, 9_007_199_254_740_991],
    ['007.10', 1, 71],
  ])('read %s with %i decimals as %i', (text, places, expected) => {
    expect(parseUnits(text, places)).toBe(expected);
  });

  it('write what floats print with an exponent', () => {
    expect(formatUnits(97_504, 12)).toBe('0.000000097504');
    expect(formatUnits(-1, 8)).toBe('-0.00000001');
    expect(formatUnits(-0, 8)).toBe('0');
    expect(formatUnits(9_007_199_254_740_991, 0)).toBe('9007199254740991');
  });

  it.each(['', ' 1', '1 ', '+1', '1e3', '1E-7', '.5', '5.', '0x10', '1,5', 'NaN', 'Infinity', '--1', '١'])(
    'refuse %j',
    (text) => {
      expect(() => parseUnits(text, 8)).toThrow(expect.objectContaining({ code: 'VLV_INSTRUMENT' }));
    },
  );

  it('refuse what is finer than the unit instead of rounding it', () => {
    expect(() => parseUnits('0.011', 2)).toThrow(/"0.011"/);
    expect(() => parseUnits('0.0100000001', 2)).toThrow(expect.objectContaining({ code: 'VLV_INSTRUMENT' }));
  });

  it('refuse amounts that a double does not hold exactly', () => {
    const range = expect.objectContaining({ code: 'VLV_MONEY_RANGE' });
    expect(() => parseUnits('90071992.54740992', 8)).toThrow(range);
    expect(() => parseUnits('-9007199254740993', 0)).toThrow(range);
    expect(() => formatUnits(1.5, 2)).toThrow(range);
    expect(() => formatUnits(Number.NaN, 2)).toThrow(range);
    expect(() => formatUnits(2 ** 53, 2)).toThrow(range);
  });
});

import { describe, expect, test } from 'vitest';
import { makeReport, makeRun } from '../../test/fixtures/run-report.ts';
import { formatMetricsTable } from './metrics-table.ts';
import { numberText } from './number-text.ts';

const ESCAPE = String.fromCharCode(27);

describe('metrics table', () => {
  const run = makeRun({ length: 1_500 });
  const report = makeReport([run, makeRun({ length: 1_500, symbol: 'ETHUSDT', strategy: 'rsi-divergence', seed: 5 })]);
  /** Lines of the tables; the notes below them wrap by themselves. */
  const drawn = (text: string) => text.split('\n').filter((line) => /[┌│├└]/.test(line));

  test.each([45, 60, 80, 100, 140])('is no wider than %i columns', (width) => {
    const lines = drawn(formatMetricsTable(report, { width, color: false }));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  test('holds each run, the label of synthetic data, and what flatters', () => {
    const text = formatMetricsTable(report, { width: 140, color: false });
    expect(text).toContain('SYNTHETIC DATA');
    expect(text).toMatch(/BTCUSDT .* ema-macd/);
    expect(text).toMatch(/ETHUSDT .* rsi-divergence/);
    expect(text).toContain('Optimistic: Limit orders: fill when touched');
    expect(text).toContain('8766 periods a year');
    expect(text).not.toContain(ESCAPE);
  });

  test('colours only where asked', () => {
    expect(formatMetricsTable(report, { width: 140, color: true })).toContain(ESCAPE);
  });

  test('a peeking strategy is called invalid', () => {
    const causality = { ...run.causality, passed: false };
    const text = formatMetricsTable(makeReport([{ ...run, causality }]), { width: 140, color: false });
    expect(text).toContain('PEEKS');
    expect(text).toContain('INVALID: BTCUSDT 1h ema-macd');
  });

  test('no runs and no trades show dashes, never NaN', () => {
    const text = formatMetricsTable(makeReport([]), { width: 80, color: false });
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(text).toMatch(/Sharpe +│ +–/);
  });
});

test('numbers as people read them', () => {
  expect(numberText(-1234.567)).toBe('\u22121,234.57');
  expect(numberText(0.001, 2, true)).toBe('0.00');
  expect(numberText(-0.001)).toBe('0.00');
  expect(numberText(5, 0, true)).toBe('+5');
  expect(numberText(null)).toBe('–');
});

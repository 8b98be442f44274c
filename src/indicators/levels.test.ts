import { describe, expect, it } from 'vitest';
import { crossover, crossunder, donchian, fractals, ichimoku, pivots } from './index.ts';

const column = (...values: number[]): Float64Array => Float64Array.from(values);
const { NaN: none } = Number;

describe('crossover and crossunder', () => {
  it('mark the bar at which the sides change', () => {
    const a = column(1, 3, 3, 1);
    const b = column(2, 2, 2, 2);
    expect([...crossover(a, b)]).toEqual([0, 1, 0, 0]);
    expect([...crossunder(a, b)]).toEqual([0, 0, 0, 1]);
  });

  it('take a level', () => {
    expect([...crossover(column(29, 31, 28, 30, 31), 30)]).toEqual([0, 1, 0, 0, 1]);
  });

  it('keep the earlier side on a tie: a touch is no cross, and a tie does not hide one', () => {
    expect([...crossover(column(3, 2, 3), 2)]).toEqual([0, 0, 0]);
    expect([...crossover(column(1, 2, 2, 3), 2)]).toEqual([0, 0, 0, 1]);
  });

  it('never cross out of the unknown', () => {
    expect([...crossover(column(none, none, 3, 4), 2)]).toEqual([0, 0, 0, 0]);
    expect([...crossover(column(2, 3), 2)]).toEqual([0, 0]);
    expect([...crossover(column(1, none, 3), 2)]).toEqual([0, 0, 1]);
  });
});

describe('pivots', () => {
  const high = column(1, 2, 5, 3, 2, 4, 4, 1, 0);
  const low = high.map((x) => x - 1);

  it('are given at the bar that confirms them, not where they are', () => {
    const found = pivots({ high, low }, 2, 1);
    expect(found.high).toEqual(column(none, none, none, 5, none, none, 4, none, none));
    expect(found.low).toEqual(column(none, none, none, none, none, 1, none, none, none));
  });

  it('over two bars on each side are fractals', () => {
    expect(fractals({ high, low }).high).toEqual(column(none, none, none, none, 5, none, none, 4, none));
  });
});

describe('donchian', () => {
  it('holds its own bar', () => {
    const { upper, lower, middle } = donchian({ high: column(3, 5, 4), low: column(1, 2, 3) }, 2);
    expect([upper[1], upper[2], lower[1], lower[2], middle[2]]).toEqual([5, 5, 1, 2, 3.5]);
  });
});

describe('ichimoku', () => {
  it('shows at each bar the cloud that was known a displacement earlier', () => {
    const high = Float64Array.from({ length: 60 }, (_, i) => 100 + 10 * Math.sin(i));
    const low = high.map((x) => x - 3);
    const near = ichimoku({ high, low }, 3, 5, 8, 1);
    const far = ichimoku({ high, low }, 3, 5, 8, 7);
    for (let i = 20; i < 60; i++) {
      expect(far.spanA[i]).toBe((near.conversion[i - 7] + near.base[i - 7]) / 2);
      expect(far.spanB[i]).toBe(near.spanB[i - 6]);
    }
  });
});

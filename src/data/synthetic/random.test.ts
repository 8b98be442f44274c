import { describe, expect, it } from 'vitest';
import { hashText, RandomStream } from './random.ts';

const DRAWS = 200_000;

function moments(draw: () => number): { mean: number; variance: number; kurtosis: number } {
  const values = Float64Array.from({ length: DRAWS }, draw);
  const mean = values.reduce((sum, x) => sum + x, 0) / DRAWS;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / DRAWS;
  return { mean, variance, kurtosis: values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / DRAWS / variance ** 2 };
}

describe('RandomStream', () => {
  it('gives the same words for the same seed, and others for another', () => {
    const words = (...seed: number[]): number[] => {
      const stream = new RandomStream(...seed);
      return Array.from({ length: 2_000 }, () => stream.word());
    };
    expect(words(1, 2)).toEqual(words(1, 2));
    expect(words(1, 2)).not.toEqual(words(2, 1));
    expect(new Set(words(0)).size).toBeGreaterThan(1_990);
  });

  it('draws uniforms that fill [0, 1)', () => {
    const stream = new RandomStream(5);
    const { mean, variance } = moments(() => stream.uniform());
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 3);
  });

  it('draws normals of variance one and a kurtosis near three', () => {
    const stream = new RandomStream(6);
    const { mean, variance, kurtosis } = moments(() => stream.normal());
    expect(mean).toBeCloseTo(0, 2);
    expect(variance).toBeCloseTo(1, 1);
    expect(kurtosis).toBeGreaterThan(2.7);
    expect(kurtosis).toBeLessThan(3.1);
  });

  it('draws fat tails of variance one, cut at ten', () => {
    const stream = new RandomStream(7);
    let largest = 0;
    const { mean, variance, kurtosis } = moments(() => {
      const x = stream.student();
      largest = Math.max(largest, Math.abs(x));
      return x;
    });
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
    expect(kurtosis).toBeGreaterThan(4.2);
    expect(largest).toBeLessThanOrEqual(10);
  });

  it('draws exponentials of mean one', () => {
    const stream = new RandomStream(8);
    const { mean, variance } = moments(() => stream.exponential());
    expect(Math.abs(mean - 1)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.15);
  });
});

it('hashText separates names', () => {
  expect(new Set(['BTCUSDT', 'ETHUSDT', 'BTCUSDC', ''].map(hashText)).size).toBe(4);
});

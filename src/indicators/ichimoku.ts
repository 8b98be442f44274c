import { indicator, runBatch } from './indicator.ts';
import { LagState, lagStep } from './lag.ts';
import type { Series } from './series.ts';
import { ExtremeState, extremeStep } from './window-extreme.ts';

export interface IchimokuParams {
  readonly conversion: number;
  readonly base: number;
  readonly span: number;
  /** Bars by which the cloud is moved forward. */
  readonly displacement: number;
}

/** Middle of the highest high and the lowest low of a window. */
class MiddleState {
  readonly highest: ExtremeState;
  readonly lowest: ExtremeState;
  readonly low: Float64Array;

  constructor(length: number, capacity: number) {
    this.highest = new ExtremeState('ichimoku', length);
    this.lowest = new ExtremeState('ichimoku', length);
    this.low = new Float64Array(capacity);
  }
}

function middleStep(high: Series, low: Series, from: number, to: number, state: MiddleState, out: Float64Array): void {
  extremeStep(high, from, to, state.highest, 1, out);
  extremeStep(low, from, to, state.lowest, -1, state.low);
  for (let i = from; i < to; i++) out[i] = (out[i] + state.low[i]) / 2;
}

interface IchimokuState {
  readonly conversion: MiddleState;
  readonly base: MiddleState;
  readonly span: MiddleState;
  readonly delayA: LagState;
  readonly delayB: LagState;
}

export const ichimokuIndicator = indicator({
  name: 'ichimoku',
  inputs: ['high', 'low'],
  outputs: ['conversion', 'base', 'spanA', 'spanB'],
  defaults: { conversion: 9, base: 26, span: 52, displacement: 26 } as IchimokuParams,
  about: {
    title: 'Ichimoku',
    formula:
      'conversion, base = (highest high + lowest low) / 2; spanA = mean of both, spanB likewise over the span, each as it was `displacement` bars ago',
    source: 'Hosoda (1969)',
    seeding: 'none (window)',
    flat: { conversion: 'price', base: 'price', spanA: 'price', spanB: 'price' },
  },
  warmup: ({ conversion, base, span, displacement }) => ({
    conversion: conversion - 1,
    base: base - 1,
    spanA: Math.max(conversion, base) - 1 + displacement,
    spanB: span - 1 + displacement,
  }),
  createState: ({ conversion, base, span, displacement }, capacity): IchimokuState => ({
    conversion: new MiddleState(conversion, capacity),
    base: new MiddleState(base, capacity),
    span: new MiddleState(span, capacity),
    delayA: new LagState('ichimoku', displacement),
    delayB: new LagState('ichimoku', displacement),
  }),
  step: ([high, low], from, to, state, _params, [conversion, base, spanA, spanB]) => {
    middleStep(high, low, from, to, state.conversion, conversion);
    middleStep(high, low, from, to, state.base, base);
    middleStep(high, low, from, to, state.span, spanB);
    for (let i = from; i < to; i++) spanA[i] = (conversion[i] + base[i]) / 2;
    lagStep(spanA, from, to, state.delayA, spanA);
    lagStep(spanB, from, to, state.delayB, spanB);
  },
});

/**
 * Ichimoku. `spanA` and `spanB` at bar i are the cloud a chart shows at bar i, known `displacement` bars earlier. The
 * lagging span is left out: drawn at its place on the chart it is the close of a later bar. @throws RangeError
 */
export function ichimoku(
  bars: { readonly high: Series; readonly low: Series },
  conversion = 9,
  base = 26,
  span = 52,
  displacement = 26,
): { readonly [name in 'conversion' | 'base' | 'spanA' | 'spanB']: Float64Array } {
  return runBatch(ichimokuIndicator, bars, { conversion, base, span, displacement });
}

/** Trading strategies: the built-in ones, and what is needed to write one. */
import type { StrategyClass } from './base.ts';
import { BreakoutVolumeStrategy } from './breakout-volume.ts';
import { CandlestickPatternStrategy } from './candlestick-patterns.ts';
import { EMAMACDStrategy } from './ema-macd.ts';
import { InsideBarStrategy } from './inside-bar.ts';
import { MomentumBurstStrategy } from './momentum-burst.ts';
import { PairsRotationStrategy } from './pairs-rotation.ts';
import { PullbackEMAStrategy } from './pullback-ema.ts';
import { RSIDivergenceStrategy } from './rsi-divergence.ts';

export { z } from 'zod';
export type { Bars } from '../core/bars.ts';
export type { HigherBars } from '../core/resample.ts';
export { type Signals, type SignalValue, signals, type TradeSignal } from '../core/signal.ts';
export { BaseStrategy, type SliceContext, type StrategyClass } from './base.ts';
export { describeParams, type ParamDescription } from './describe.ts';
export {
  BreakoutVolumeStrategy,
  CandlestickPatternStrategy,
  EMAMACDStrategy,
  InsideBarStrategy,
  MomentumBurstStrategy,
  PairsRotationStrategy,
  PullbackEMAStrategy,
  RSIDivergenceStrategy,
};

/** Every built-in strategy by its class name, as config names it: `handler: "strategies:EMAMACDStrategy"`. */
export const builtInStrategies: Readonly<Record<string, StrategyClass>> = {
  EMAMACDStrategy,
  RSIDivergenceStrategy,
  InsideBarStrategy,
  PullbackEMAStrategy,
  BreakoutVolumeStrategy,
  CandlestickPatternStrategy,
  MomentumBurstStrategy,
  PairsRotationStrategy,
};

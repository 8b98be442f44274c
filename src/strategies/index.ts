/** Trading strategies: the built-in ones, and what is needed to write one. */
import type { StrategyClass } from './base.ts';
import { EMAMACDStrategy } from './ema-macd.ts';

export { z } from 'zod';
export type { Bars } from '../core/bars.ts';
export type { HigherBars } from '../core/resample.ts';
export { type Signals, type SignalValue, signals, type TradeSignal } from '../core/signal.ts';
export { BaseStrategy, type SliceContext, type StrategyClass } from './base.ts';
export { EMAMACDStrategy };

/** Every built-in strategy by its class name, as config names it: `handler: "strategies:EMAMACDStrategy"`. */
export const builtInStrategies: Readonly<Record<string, StrategyClass>> = {
  EMAMACDStrategy,
};

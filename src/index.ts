/**
 * Valvulin's most used parts under one name; each room has a subpath of its own (`valvulin/indicators`, `valvulin/data`
 * and so on) with everything it offers.
 */
export { computePerformanceMetrics, type PerformanceMetrics } from './analytics/performance.ts';
export { plotBacktestSignals, type SignalsPlotOptions } from './analytics/signals-plot.ts';
export * from './core/index.ts';
export { readBars, syntheticBars } from './data/index.ts';
export { Backtester, type BacktesterSettings, type BacktestResult } from './execution/index.ts';
export * as indicators from './indicators/index.ts';
export { BaseStrategy, builtInStrategies, type SliceContext } from './strategies/index.ts';

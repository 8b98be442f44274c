/** Technical indicators: `Float64Array` columns in, columns of the same length out, NaN at warm-up. */
export {
  type EmaParams,
  ema,
  emaIndicator,
  rma,
  rmaIndicator,
  type SeedOption,
  sma,
  smaIndicator,
} from './averages.ts';
export { type BollingerParams, bollinger, bollingerIndicator } from './bollinger.ts';
export { crossover, crossoverIndicator, crossunder, crossunderIndicator } from './crossing.ts';
export type { Seed } from './exponential.ts';
export { highest, highestIndicator, lowest, lowestIndicator } from './extremes.ts';
export { type About, type Indicator, type Input, type Output, runBatch } from './indicator.ts';
export { type MacdParams, macd, macdIndicator } from './macd.ts';
export type { LengthParams } from './params.ts';
export { rsi, rsiIndicator } from './rsi.ts';
export type { Series } from './series.ts';
export { stdev, stdevIndicator } from './statistics.ts';
export { type IndicatorStream, stream } from './stream.ts';
export {
  atr,
  atrIndicator,
  type HighLowClose,
  natr,
  natrIndicator,
  trueRange,
  trueRangeIndicator,
} from './true-range.ts';

/** Technical indicators: `Float64Array` columns in, columns of the same length out, NaN at warm-up. */
export { aroon, aroonIndicator } from './aroon.ts';
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
export {
  dema,
  demaIndicator,
  type T3Params,
  t3,
  t3Indicator,
  tema,
  temaIndicator,
  trix,
  trixIndicator,
} from './cascade.ts';
export { type AnyIndicator, INDICATORS } from './catalogue.ts';
export { cci, cciIndicator } from './cci.ts';
export {
  type Channel,
  donchian,
  donchianIndicator,
  type KeltnerParams,
  keltner,
  keltnerIndicator,
} from './channels.ts';
export { crossover, crossoverIndicator, crossunder, crossunderIndicator } from './crossing.ts';
export { adx, adxIndicator } from './directional.ts';
export type { Seed } from './exponential.ts';
export { highest, highestIndicator, lowest, lowestIndicator } from './extremes.ts';
export { type IchimokuParams, ichimoku, ichimokuIndicator } from './ichimoku.ts';
export { type About, type Indicator, type Input, type Output, runBatch } from './indicator.ts';
export { type KamaParams, kama, kamaIndicator } from './kama.ts';
export { mom, momIndicator, roc, rocIndicator } from './lag.ts';
export { type MacdParams, macd, macdIndicator } from './macd.ts';
export {
  cmo,
  cmoIndicator,
  medianPrice,
  medianPriceIndicator,
  type PpoParams,
  ppo,
  ppoIndicator,
  type UltimateOscillatorParams,
  ultimateOscillator,
  ultimateOscillatorIndicator,
} from './oscillators.ts';
export { type ParabolicSarParams, parabolicSar, parabolicSarIndicator } from './parabolic-sar.ts';
export type { LengthParams } from './params.ts';
export { mfi, mfiIndicator } from './mfi.ts';
export { fractals, type PivotsParams, pivots, pivotsIndicator } from './pivots.ts';
export { rsi, rsiIndicator } from './rsi.ts';
export type { Series } from './series.ts';
export { stdev, stdevIndicator, zScore, zScoreIndicator } from './statistics.ts';
export {
  type StochasticParams,
  type StochRsiParams,
  stochastic,
  stochasticIndicator,
  stochRsi,
  stochRsiIndicator,
  williamsR,
  williamsRIndicator,
} from './stochastic.ts';
export { type IndicatorStream, stream } from './stream.ts';
export { type SupertrendParams, supertrend, supertrendIndicator } from './supertrend.ts';
export {
  atr,
  atrIndicator,
  type HighLowClose,
  natr,
  natrIndicator,
  trueRange,
  trueRangeIndicator,
} from './true-range.ts';
export {
  accumulationDistribution,
  accumulationDistributionIndicator,
  type ChaikinOscillatorParams,
  chaikinOscillator,
  chaikinOscillatorIndicator,
  cmf,
  cmfIndicator,
  type HighLowCloseVolume,
  obv,
  obvIndicator,
} from './volume-flow.ts';
export { rollingVwap, rollingVwapIndicator, type VwapParams, vwap, vwapIndicator } from './vwap.ts';
export {
  hma,
  hmaIndicator,
  linearRegression,
  linearRegressionIndicator,
  wma,
  wmaIndicator,
} from './weighted.ts';

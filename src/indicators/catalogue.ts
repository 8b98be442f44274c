import { aroonIndicator } from './aroon.ts';
import { emaIndicator, rmaIndicator, smaIndicator } from './averages.ts';
import { bollingerIndicator } from './bollinger.ts';
import { demaIndicator, t3Indicator, temaIndicator, trixIndicator } from './cascade.ts';
import { cciIndicator } from './cci.ts';
import { donchianIndicator, keltnerIndicator } from './channels.ts';
import { crossoverIndicator, crossunderIndicator } from './crossing.ts';
import { adxIndicator } from './directional.ts';
import { highestIndicator, lowestIndicator } from './extremes.ts';
import { ichimokuIndicator } from './ichimoku.ts';
import type { Indicator } from './indicator.ts';
import { kamaIndicator } from './kama.ts';
import { momIndicator, rocIndicator } from './lag.ts';
import { macdIndicator } from './macd.ts';
import { mfiIndicator } from './mfi.ts';
import { cmoIndicator, medianPriceIndicator, ppoIndicator, ultimateOscillatorIndicator } from './oscillators.ts';
import { parabolicSarIndicator } from './parabolic-sar.ts';
import { pivotsIndicator } from './pivots.ts';
import { rsiIndicator } from './rsi.ts';
import { stdevIndicator, zScoreIndicator } from './statistics.ts';
import { stochasticIndicator, stochRsiIndicator, williamsRIndicator } from './stochastic.ts';
import { supertrendIndicator } from './supertrend.ts';
import { atrIndicator, natrIndicator, trueRangeIndicator } from './true-range.ts';
import {
  accumulationDistributionIndicator,
  chaikinOscillatorIndicator,
  cmfIndicator,
  obvIndicator,
} from './volume-flow.ts';
import { rollingVwapIndicator, vwapIndicator } from './vwap.ts';
import { hmaIndicator, linearRegressionIndicator, wmaIndicator } from './weighted.ts';

/** Any indicator, where its parameters and columns do not matter. */
export type AnyIndicator = Indicator<object, string, string>;

/** Every indicator, in the order of the documentation. What is listed here is documented and held to the contract. */
export const INDICATORS: readonly AnyIndicator[] = [
  smaIndicator,
  emaIndicator,
  wmaIndicator,
  rmaIndicator,
  demaIndicator,
  temaIndicator,
  t3Indicator,
  hmaIndicator,
  kamaIndicator,
  vwapIndicator,
  rollingVwapIndicator,
  medianPriceIndicator,
  rsiIndicator,
  stochRsiIndicator,
  stochasticIndicator,
  williamsRIndicator,
  macdIndicator,
  ppoIndicator,
  trixIndicator,
  cciIndicator,
  cmoIndicator,
  rocIndicator,
  momIndicator,
  ultimateOscillatorIndicator,
  trueRangeIndicator,
  atrIndicator,
  natrIndicator,
  bollingerIndicator,
  keltnerIndicator,
  donchianIndicator,
  supertrendIndicator,
  parabolicSarIndicator,
  adxIndicator,
  aroonIndicator,
  ichimokuIndicator,
  obvIndicator,
  accumulationDistributionIndicator,
  chaikinOscillatorIndicator,
  cmfIndicator,
  mfiIndicator,
  stdevIndicator,
  zScoreIndicator,
  linearRegressionIndicator,
  highestIndicator,
  lowestIndicator,
  pivotsIndicator,
  crossoverIndicator,
  crossunderIndicator,
];

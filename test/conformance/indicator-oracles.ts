import type { AnyIndicator } from '../../src/indicators/index.ts';
import { INDICATORS } from '../../src/indicators/index.ts';

/** Columns by our names: open, high, low, close, volume, value, a, b. */
export type Columns = Readonly<Record<string, Float64Array>>;

export type Params = Readonly<Record<string, number | string>>;

/** Where we differ from a library on purpose: the documentation prints `why`, the test undoes it and compares the rest. */
export interface Deviation {
  readonly why: string;
  /** Bars by which our slowest output starts later than theirs; negative is earlier. */
  readonly later?: (params: Params) => number;
  /** Our value in their terms. */
  readonly theirs?: (value: number, columns: Columns) => number;
  /** One bar before their first, so that both start from the same knowledge. */
  readonly prepend?: (columns: Columns) => Columns;
  /** The first values may differ, until this many bars after their first. */
  readonly agreesAfter?: number;
  /** Both end in the same Wilder average, so the difference shrinks by 1 - 1 / n with each bar. */
  readonly fades?: true;
  /** Calls for which theirs is another quantity altogether. */
  readonly differs?: (params: Params) => boolean;
}

/** How one function of a library maps to one of our indicators. */
export interface OracleCase {
  readonly indicator: string;
  /** Our parameters for each of theirs, in their order; null where ours has none. */
  readonly params: readonly (string | readonly string[] | null)[];
  readonly fixed?: Params;
  /** Our output for each of theirs, in their order. */
  readonly outputs: readonly string[];
  readonly deviation?: Deviation;
  /** Where theirs does otherwise on bars that the stored vectors do not hold. */
  readonly elsewhere?: string;
}

const sma = { seed: 'sma' } as const;
const EPSILON =
  'TA-Lib takes a variance below 1e-14 for zero, so that the bands of a coin worth 0.00001 have no width. Ours have theirs.';

export const TALIB: Readonly<Record<string, OracleCase>> = {
  SMA: { indicator: 'sma', params: ['length'], outputs: ['value'] },
  EMA: { indicator: 'ema', params: ['length'], fixed: sma, outputs: ['value'] },
  WMA: { indicator: 'wma', params: ['length'], outputs: ['value'] },
  DEMA: { indicator: 'dema', params: ['length'], fixed: sma, outputs: ['value'] },
  TEMA: { indicator: 'tema', params: ['length'], fixed: sma, outputs: ['value'] },
  T3: { indicator: 't3', params: ['length', 'factor'], fixed: sma, outputs: ['value'] },
  KAMA: { indicator: 'kama', params: ['length'], fixed: { fast: 2, slow: 30 }, outputs: ['value'] },
  RSI: {
    indicator: 'rsi',
    params: ['length'],
    outputs: ['value'],
    elsewhere: 'TA-Lib gives 0 on a market that does not move, which reads as oversold. We give 50.',
  },
  CMO: { indicator: 'cmo', params: ['length'], outputs: ['value'] },
  MOM: { indicator: 'mom', params: ['length'], outputs: ['value'] },
  ROC: { indicator: 'roc', params: ['length'], outputs: ['value'] },
  TRIX: { indicator: 'trix', params: ['length'], fixed: sma, outputs: ['value'] },
  STDDEV: { indicator: 'stdev', params: ['length', null], outputs: ['value'], elsewhere: EPSILON },
  LINEARREG: { indicator: 'linearRegression', params: ['length'], outputs: ['value'] },
  LINEARREG_SLOPE: { indicator: 'linearRegression', params: ['length'], outputs: ['slope'] },
  MAX: { indicator: 'highest', params: ['length'], outputs: ['value'] },
  MIN: { indicator: 'lowest', params: ['length'], outputs: ['value'] },
  MACD: {
    indicator: 'macd',
    params: ['short', 'long', 'signal'],
    fixed: sma,
    outputs: ['macd', 'signal', 'histogram'],
  },
  BBANDS: {
    indicator: 'bollinger',
    params: ['length', 'multiplier', null, null],
    outputs: ['upper', 'middle', 'lower'],
    elsewhere: EPSILON,
  },
  PPO: { indicator: 'ppo', params: ['short', 'long', null], fixed: sma, outputs: ['value'] },
  STOCHRSI: {
    indicator: 'stochRsi',
    params: ['rsiLength', 'length', 'signal', null],
    fixed: { smoothing: 1 },
    outputs: ['k', 'd'],
    elsewhere: 'TA-Lib gives 0 where the window has no height. We give 50.',
  },
  ATR: { indicator: 'atr', params: ['length'], outputs: ['value'] },
  NATR: { indicator: 'natr', params: ['length'], outputs: ['value'] },
  TRANGE: { indicator: 'trueRange', params: [], outputs: ['value'] },
  ADX: { indicator: 'adx', params: ['length'], outputs: ['adx'] },
  ADXR: { indicator: 'adx', params: ['length'], outputs: ['adxr'] },
  DX: {
    indicator: 'adx',
    params: ['length'],
    outputs: ['dx'],
    elsewhere: 'TA-Lib repeats the last value where nothing moves either way. We give 0.',
  },
  PLUS_DI: { indicator: 'adx', params: ['length'], outputs: ['plusDi'] },
  MINUS_DI: { indicator: 'adx', params: ['length'], outputs: ['minusDi'] },
  CCI: { indicator: 'cci', params: ['length'], outputs: ['value'] },
  WILLR: {
    indicator: 'williamsR',
    params: ['length'],
    outputs: ['value'],
    elsewhere: 'TA-Lib gives 0, the top, where the window has no height. We give -50.',
  },
  ULTOSC: {
    indicator: 'ultimateOscillator',
    params: ['short', 'medium', 'long'],
    outputs: ['value'],
    elsewhere: 'TA-Lib leaves a window without range out. We count it as 50.',
  },
  STOCH: {
    indicator: 'stochastic',
    params: ['length', 'smoothing', null, 'signal', null],
    outputs: ['k', 'd'],
    elsewhere: 'TA-Lib gives 0 where the window has no height. We give 50.',
  },
  SAR: { indicator: 'parabolicSar', params: ['step', 'maximum'], outputs: ['value'] },
  AROON: { indicator: 'aroon', params: ['length'], outputs: ['down', 'up'] },
  AROONOSC: { indicator: 'aroon', params: ['length'], outputs: ['oscillator'] },
  MEDPRICE: { indicator: 'medianPrice', params: [], outputs: ['value'] },
  MFI: {
    indicator: 'mfi',
    params: ['length'],
    outputs: ['value'],
    elsewhere:
      'TA-Lib gives 0 where the money flow of the window is below 1, so always for a coin that trades little money. We give 50 where there was none, and the index otherwise.',
  },
  AD: { indicator: 'accumulationDistribution', params: [], outputs: ['value'] },
  ADOSC: { indicator: 'chaikinOscillator', params: ['short', 'long'], outputs: ['value'] },
  OBV: { indicator: 'obv', params: [], outputs: ['value'] },
};

const length = ['length'] as const;
const lengthLess1 = (params: Params): number => Number(params.length) - 1;

/** A bar that closes inside the first one, which makes the first true range its height. */
function quietStart(columns: Columns): Columns {
  const first = { high: columns.low?.[0], low: columns.low?.[0], close: columns.low?.[0] } as Record<string, number>;
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, Float64Array.of(first[name] ?? 0, ...column)]),
  );
}

const FIRST_RANGE: Deviation = {
  why: 'Tulip takes high - low as the true range of the first bar. It has no previous close and so no true range, as in TA-Lib. Given one bar more at the start, both agree.',
  prepend: quietStart,
};
const EARLY_DIRECTION: Deviation = {
  why: 'Tulip starts one bar earlier, with sums that have not been smoothed yet. From our first bar on both agree.',
  later: () => 1,
};
const EARLY_ADX: Deviation = {
  why: 'Tulip starts dx, and so adx, one bar earlier with a value that has not been smoothed yet; the difference shrinks by 1 - 1 / n with each bar.',
  later: () => 1,
  fades: true,
};

export const TULIP: Readonly<Record<string, OracleCase>> = {
  sma: { indicator: 'sma', params: length, outputs: ['value'] },
  ema: {
    indicator: 'ema',
    params: length,
    outputs: ['value'],
    deviation: {
      why: 'Tulip shows the average from bar 0. We show it from bar n - 1; the values are the same.',
      later: lengthLess1,
    },
  },
  wma: { indicator: 'wma', params: length, outputs: ['value'] },
  wilders: { indicator: 'rma', params: length, outputs: ['value'] },
  dema: { indicator: 'dema', params: length, outputs: ['value'] },
  tema: { indicator: 'tema', params: length, outputs: ['value'] },
  hma: { indicator: 'hma', params: length, outputs: ['value'] },
  kama: {
    indicator: 'kama',
    params: length,
    fixed: { fast: 2, slow: 30 },
    outputs: ['value'],
    deviation: { why: 'Tulip shows the seed itself as its first value. We show the first average.', later: () => 1 },
  },
  trix: {
    indicator: 'trix',
    params: length,
    outputs: ['value'],
    deviation: {
      why: 'Tulip divides the change by the new value. A rate of change divides by the old one, as in TA-Lib.',
      theirs: (value) => (100 * value) / (100 + value),
    },
  },
  rsi: { indicator: 'rsi', params: length, outputs: ['value'] },
  stochrsi: {
    indicator: 'stochRsi',
    params: [['rsiLength', 'length']],
    fixed: { smoothing: 1, signal: 1 },
    outputs: ['k'],
    deviation: { why: 'Tulip gives a fraction. We give 0 to 100, as TA-Lib.', theirs: (value) => value / 100 },
  },
  stoch: { indicator: 'stochastic', params: ['length', 'smoothing', 'signal'], outputs: ['k', 'd'] },
  willr: { indicator: 'williamsR', params: length, outputs: ['value'] },
  macd: {
    indicator: 'macd',
    params: ['short', 'long', 'signal'],
    outputs: ['macd', 'signal', 'histogram'],
    deviation: {
      why: 'Tulip shows the signal from the first macd on; we show it from its n-th value. For 12 and 26 Tulip replaces the factors 2/13 and 2/27 by 0.15 and 0.075; we do not.',
      later: (params) => Number(params.signal) - 1,
      differs: ({ short, long }) => short === 12 && long === 26,
    },
  },
  ppo: {
    indicator: 'ppo',
    params: ['short', 'long'],
    outputs: ['value'],
    deviation: {
      why: 'Tulip shows the oscillator from bar 1. We show it once the longer average has its n values; the values are the same.',
      later: (params) => Number(params.long) - 2,
    },
  },
  cci: {
    indicator: 'cci',
    params: length,
    outputs: ['value'],
    deviation: {
      why: 'Tulip starts n - 1 bars late; the values are the same.',
      later: (params) => 1 - Number(params.length),
    },
  },
  cmo: {
    indicator: 'cmo',
    params: length,
    outputs: ['value'],
    deviation: {
      why: 'Tulip adds up plain gains and losses; we smooth them as Wilder does, as TA-Lib.',
      differs: () => true,
    },
  },
  roc: {
    indicator: 'roc',
    params: length,
    outputs: ['value'],
    deviation: { why: 'Tulip gives a fraction. We give percent, as TA-Lib.', theirs: (value) => value / 100 },
  },
  mom: { indicator: 'mom', params: length, outputs: ['value'] },
  ultosc: { indicator: 'ultimateOscillator', params: ['short', 'medium', 'long'], outputs: ['value'] },
  tr: { indicator: 'trueRange', params: [], outputs: ['value'], deviation: FIRST_RANGE },
  atr: { indicator: 'atr', params: length, outputs: ['value'], deviation: FIRST_RANGE },
  natr: { indicator: 'natr', params: length, outputs: ['value'], deviation: FIRST_RANGE },
  bbands: { indicator: 'bollinger', params: ['length', 'multiplier'], outputs: ['lower', 'middle', 'upper'] },
  psar: {
    indicator: 'parabolicSar',
    params: ['step', 'maximum'],
    outputs: ['value'],
    deviation: {
      why: 'Tulip keeps the first stop below bar 0 too; TA-Lib, and so we, below bar 1 only. After the first turn both agree.',
      agreesAfter: 7,
    },
  },
  adx: { indicator: 'adx', params: length, outputs: ['adx'], deviation: EARLY_ADX },
  adxr: { indicator: 'adx', params: length, outputs: ['adxr'], deviation: EARLY_ADX },
  dx: { indicator: 'adx', params: length, outputs: ['dx'], deviation: EARLY_DIRECTION },
  di: { indicator: 'adx', params: length, outputs: ['plusDi', 'minusDi'], deviation: EARLY_DIRECTION },
  aroon: { indicator: 'aroon', params: length, outputs: ['down', 'up'] },
  aroonosc: { indicator: 'aroon', params: length, outputs: ['oscillator'] },
  medprice: { indicator: 'medianPrice', params: [], outputs: ['value'] },
  obv: {
    indicator: 'obv',
    params: [],
    outputs: ['value'],
    deviation: {
      why: 'Tulip starts at 0, TA-Lib, and so we, at the first volume: a constant distance.',
      theirs: (value, columns) => value - (columns.volume?.[0] ?? 0),
    },
  },
  ad: { indicator: 'accumulationDistribution', params: [], outputs: ['value'] },
  adosc: { indicator: 'chaikinOscillator', params: ['short', 'long'], outputs: ['value'] },
  mfi: { indicator: 'mfi', params: length, outputs: ['value'] },
  stddev: { indicator: 'stdev', params: length, outputs: ['value'] },
  linreg: { indicator: 'linearRegression', params: length, outputs: ['value'] },
  linregslope: { indicator: 'linearRegression', params: length, outputs: ['slope'] },
  max: { indicator: 'highest', params: length, outputs: ['value'] },
  min: { indicator: 'lowest', params: length, outputs: ['value'] },
  crossover: {
    indicator: 'crossover',
    params: [],
    outputs: ['value'],
    deviation: {
      why: 'Tulip shows its first answer at bar 1; at bar 0 nothing can have crossed and we say 0. On a tie Tulip counts the next bar above as a cross even where a was above before; we do not, as vectorbt.',
      later: () => -1,
    },
  },
};

/** The definition of that name. */
export function definitionOf(name: string): AnyIndicator {
  const found = INDICATORS.find((definition) => definition.name === name);
  if (!found) throw new Error(`No indicator is called "${name}"`);
  return found;
}

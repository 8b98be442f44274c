/** What strategies, feeds and reports share: bars, timeframes, signals, trades, settings, instruments and errors. */
export { BAR_FIELDS, type Bar, type BarColumns, Bars, type Series } from './bars.ts';
export { ERROR_CODES, type ErrorCode, type ErrorDetails, ValvulinError } from './errors.ts';
export { Instrument, type InstrumentRules } from './instrument.ts';
export { type HigherBars, higherBars, resample } from './resample.ts';
export {
  type CostSettings,
  DEFAULT_COSTS,
  DEFAULT_FILLS,
  DEFAULT_ORDERS,
  type Distance,
  type FillSettings,
  NO_LIMITS,
  type OrderSettings,
  type RiskSettings,
  type Sizing,
} from './settings.ts';
export {
  type EntryType,
  type OrderSide,
  type Signals,
  type SignalValue,
  signals,
  type TradeSignal,
} from './signal.ts';
export { barClose, barOpen, type Timeframe, timeframeMs, toTimeframe } from './timeframe.ts';
export {
  type ExitReason,
  type FillRecord,
  type OrderRecord,
  REFUSAL_CODES,
  type Refusal,
  type RefusalCode,
  type Trade,
} from './trade.ts';

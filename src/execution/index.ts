export { Backtester, type BacktesterSettings } from './backtester.ts';
export { type PortfolioResult, type PortfolioSlot, type PortfolioSpec, runPortfolio } from './portfolio.ts';
export type {
  Assumption,
  BacktestResult,
  FillRecord,
  OrderRecord,
  Refusal,
  RefusalCode,
  Trade,
  TradeSignal,
} from './types.ts';

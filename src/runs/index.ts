export { type BacktestOptions, runBacktest } from './backtest.ts';
export { type CausalityOptions, checkCausality } from './causality.ts';
export { dataHash, jsonHash, tradesHash } from './hashes.ts';
export { BarLoader, type LoadedBars } from './load-bars.ts';
export { loadStrategy } from './load-strategy.ts';
export { type SelectionOptions, selectStrategies } from './selection.ts';
export type { CausalityReport, RunReport, StrategyRun } from './types.ts';
export { packageVersion } from './version.ts';
export { WorkerHost, type WorkerHostOptions } from './worker-host.ts';

export * from './account-stats.ts';
export * from './calendar.ts';
export * from './drawdown.ts';
export * from './performance.ts';
export * from './returns.ts';
export * from './statistics.ts';
export * from './trade-stats.ts';

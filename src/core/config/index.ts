export { isoInstant, toInstant } from './instant.ts';
export { allowedWords, configJsonSchema, type JsonSchema, schemaAt } from './json-schema.ts';
export { camelKeys, snakeKeys, toSnake } from './names.ts';
export { editDistance, nearest } from './nearest.ts';
export { checkConfig, type ConfigCheck, type ConfigProblem, pathText } from './problems.ts';
export {
  type Config,
  type FeedEntry,
  feedFor,
  type StrategyEntry,
  strategyKey,
  strategySymbols,
} from './schema.ts';
export {
  costSettings,
  fillSettings,
  orderSettings,
  riskSettings,
  strategyParams,
  type TradingConfig,
} from './settings.ts';

export { type SyntheticRequest, syntheticBars, syntheticRules } from './synthetic/index.ts';
export { inspectBars, readBars, readBarsFrom } from './readers/read-bars.ts';
export type { ReadOptions, ReadResult } from './readers/types.ts';
export {
  type CheckOptions,
  checkBars,
  type Finding,
  hasDefects,
  type QualityReport,
  type Severity,
} from './quality.ts';

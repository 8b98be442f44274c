export { type SyntheticRequest, type SyntheticRules, syntheticBars, syntheticRules } from './synthetic/index.ts';

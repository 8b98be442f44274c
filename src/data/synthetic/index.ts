export { type SyntheticRequest, type SyntheticRules, syntheticBars, syntheticRules } from './market.ts';

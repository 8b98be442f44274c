export { type SyntheticRequest, syntheticBars, syntheticRules } from './market.ts';

import { describe, expect, test } from 'vitest';
import { SCENARIOS, scenarioPlan } from './scenarios.ts';
import { simulate } from './simulate.ts';

describe('the process dies at every write of its journal', () => {
  test.each(SCENARIOS)('%s', async (name) => {
    const whole = await simulate(scenarioPlan(name));
    expect(whole.violations).toEqual([]);
    expect(whole.trades).toBeGreaterThan(0);
    for (let point = 1; point <= whole.writes; point++) {
      // What was written and not synced survives or not.
      const { violations } = await simulate(scenarioPlan(name, point, point % 2 === 0));
      expect({ point, violations }).toEqual({ point, violations: [] });
    }
  });
});

import { expect, it } from 'vitest';
import { VirtualClock } from '../../../test/servers/virtual-clock.ts';
import { ConnectionBudget } from './connection-budget.ts';

it('allows a hundred attempts in any five minutes, and says how long to wait for the next', async () => {
  const clock = new VirtualClock();
  const budget = new ConnectionBudget(clock);
  for (let i = 0; i < 100; i++) {
    expect(budget.take()).toBe(0);
    await clock.advance(1_000);
  }
  expect(budget.take()).toBe(200_000);
  await clock.advance(199_999);
  expect(budget.take()).toBe(1);
  await clock.advance(1);
  expect([budget.take(), budget.take()]).toEqual([0, 1_000]);
});

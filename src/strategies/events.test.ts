import { describe, expect, test } from 'vitest';
import { closes } from '../../test/fixtures/strategy-bars.ts';
import { eventSignals } from './events.ts';

/** `x` where a condition holds, `-` where not; `?` marks bars that are not ready. */
function signalsOf(enter: string, exit: string): number[] {
  const bars = closes(Array.from(enter, () => 1));
  const conditions = {
    ready: (i: number) => enter[i] !== '?',
    enter: (i: number) => enter[i] === 'x',
    exit: (i: number) => exit[i] === 'x',
  };
  return [...eventSignals(bars, conditions, {}).signal];
}

describe('eventSignals', () => {
  test('speaks where a condition begins, not while it holds', () => {
    expect(signalsOf('-xx-x---', '-----xx-')).toEqual([0, 1, 0, 0, 1, -1, 0, 0]);
  });

  test('leaving wins where both begin at one bar', () => {
    expect(signalsOf('-x', '-x')).toEqual([0, -1]);
    expect(signalsOf('-xx', '-x-')).toEqual([0, -1, 0]);
  });

  test('the first ready bar never fires', () => {
    expect(signalsOf('??xx-x', '------')).toEqual([0, 0, 0, 0, 0, 1]);
    expect(signalsOf('??---', '--x-x')).toEqual([0, 0, 0, 0, -1]);
  });

  test('bars that are not ready are as though they did not exist', () => {
    expect(signalsOf('-x?x-?x', '-------')).toEqual([0, 1, 0, 0, 0, 0, 1]);
  });
});

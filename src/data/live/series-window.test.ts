import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../core/bars.ts';
import { type SeriesStep, SeriesWindow } from './series-window.ts';

const MINUTE = 60_000;
const bar = (i: number, close = 1): Bar => ({ time: i * MINUTE, open: 1, high: 2, low: 1, close, volume: i });

/** What a window tells: `3` a bar, `o3` an open, `2>5` a gap, `r3` a revision. */
function told(steps: readonly SeriesStep[]): string[] {
  const at = (time: number): number => time / MINUTE;
  return steps.map((step) => {
    if (step.kind === 'bar') return String(at(step.bar.time));
    if (step.kind === 'open') return `o${at(step.time)}`;
    return step.kind === 'gap' ? `${at(step.after)}>${at(step.next)}` : `r${at(step.released.time)}`;
  });
}

describe('SeriesWindow', () => {
  it('releases every bar once and in order, however often and in whatever order they come', () => {
    const arrivals = fc
      .uniqueArray(fc.nat(11), { minLength: 12, maxLength: 12 })
      .chain((all) => fc.tuple(fc.constant(all), fc.array(fc.nat(11)), fc.array(fc.boolean(), { minLength: 40 })));
    fc.assert(
      fc.property(arrivals, ([all, repeated, rest]) => {
        const window = new SeriesWindow('1m', -MINUTE);
        const steps: SeriesStep[] = [];
        [...repeated, ...all].forEach((i, n) => window.add(bar(i), rest[n % rest.length] ? 'rest' : 'stream', steps));
        expect(told(steps)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
        expect(window.waitingFrom).toBeUndefined();
      }),
    );
  });

  it.each([
    ['stream', 'rest'],
    ['rest', 'stream'],
  ] as const)('of a bar that waits, %s first and then %s: REST is believed', (...sources) => {
    const window = new SeriesWindow('1m', -MINUTE);
    const steps: SeriesStep[] = [];
    for (const source of sources) window.add(bar(1, source === 'rest' ? 2 : 1.5), source, steps);
    window.add(bar(0), 'stream', steps);
    expect(told(steps)).toEqual(['0', '1']);
    expect(steps[1]).toMatchObject({ source: 'rest', bar: { close: 2 } });
  });

  it('tells a correction of REST once, and none of a stream', () => {
    const window = new SeriesWindow('1m', -MINUTE);
    const steps: SeriesStep[] = [];
    window.add(bar(0), 'stream', steps);
    window.add(bar(0, 1.5), 'stream', steps);
    window.add(bar(0), 'rest', steps);
    window.add(bar(0, 1.7), 'rest', steps);
    window.add(bar(0, 1.7), 'rest', steps);
    expect(told(steps)).toEqual(['0', 'r0']);
    expect(steps[1]).toEqual({ kind: 'revision', released: bar(0), revised: bar(0, 1.7) });
  });

  it('tells the first price of a bar once, behind the bar before it, and never of a bar that is over', () => {
    const window = new SeriesWindow('1m', -MINUTE);
    const steps: SeriesStep[] = [];
    window.firstPrice(MINUTE, 7, steps);
    window.firstPrice(MINUTE, 8, steps);
    expect(told(steps)).toEqual([]);
    window.add(bar(0), 'stream', steps);
    window.firstPrice(MINUTE, 9, steps);
    window.firstPrice(0, 9, steps);
    window.add(bar(1), 'stream', steps);
    window.firstPrice(MINUTE, 9, steps);
    expect(told(steps)).toEqual(['0', 'o1', '1']);
    expect(steps[1]).toMatchObject({ price: 7 });
  });

  it('jumps over a hole only when told to, and then tells it', () => {
    const window = new SeriesWindow('1m', -MINUTE);
    const steps: SeriesStep[] = [];
    window.acceptGap(steps);
    for (const i of [5, 3]) window.add(bar(i), 'stream', steps);
    expect(told(steps)).toEqual([]);
    expect(window.waitingFrom).toBe(3 * MINUTE);
    window.acceptGap(steps);
    window.acceptGap(steps);
    expect(told(steps)).toEqual(['-1>3', '3', '3>5', '5']);
  });
});

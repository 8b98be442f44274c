import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { BaseStrategy } from './base.ts';
import { CandlestickPatternStrategy } from './candlestick-patterns.ts';
import { describeParams } from './describe.ts';
import { builtInStrategies } from './index.ts';

describe('describeParams', () => {
  test('reads names, types, bounds and defaults from the schema', () => {
    class Example extends BaseStrategy {
      static override readonly params = z.object({
        emaShort: z.int().min(1).max(9).default(3).describe('Bars.'),
        offset: z.int(),
        ratio: z.number().min(0.5).optional(),
        side: z.enum(['long', 'both']).default('long'),
      });
    }
    const none = { minimum: null, maximum: null, default: undefined, description: '' };
    expect(describeParams(Example)).toEqual([
      {
        name: 'emaShort',
        configName: 'ema_short',
        type: 'integer',
        minimum: 1,
        maximum: 9,
        default: 3,
        description: 'Bars.',
      },
      { ...none, name: 'offset', configName: 'offset', type: 'integer' },
      { ...none, name: 'ratio', configName: 'ratio', type: 'number', minimum: 0.5 },
      { ...none, name: 'side', configName: 'side', type: 'long | both', default: 'long' },
    ]);
  });

  test('names the words of a list', () => {
    expect(describeParams(CandlestickPatternStrategy)[0]?.type).toBe(
      'list of engulfing | hammer | shooting_star | morning_star | evening_star',
    );
  });

  test('every parameter of a built-in has a default, a description and, where it is a number, bounds', () => {
    for (const [name, strategy] of Object.entries(builtInStrategies)) {
      for (const param of describeParams(strategy)) {
        expect(param.description, `${name}.${param.name}`).toMatch(/^[A-Z].*\.$/);
        expect(param.default, `${name}.${param.name}`).toBeDefined();
        if (!/^(integer|number)$/.test(param.type)) continue;
        expect(param.minimum, `${name}.${param.name}`).not.toBeNull();
        expect(param.maximum, `${name}.${param.name}`).not.toBeNull();
      }
    }
  });
});

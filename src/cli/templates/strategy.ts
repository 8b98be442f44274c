/** `my-strategy` → `MyStrategy`. */
export function className(name: string): string {
  return name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/** A strategy that runs as it is: long above a moving average, out below it. */
export function strategyText(name: string): string {
  const type = className(name);
  return `import { sma } from 'valvulin/indicators';
import { type Bars, BaseStrategy, type Signals, signals, z } from 'valvulin/strategies';

/** Long while the close is above its moving average, out below it. */
export class ${type} extends BaseStrategy<{ length: number }> {
  static override readonly params = z.object({ length: z.int().min(2).default(20) });

  /** One signal for each bar: 1 wants to be long, -1 wants out, 0 changes nothing. Bar i may use bars 0 to i only. */
  override generateSignals(bars: Bars): Signals {
    const mean = sma(bars.close, this.params.length);
    return signals(bars, (i) => (bars.close[i] > mean[i] ? 1 : bars.close[i] < mean[i] ? -1 : 0), { mean });
  }
}
`;
}

/** Its test, for Node's own test runner. */
export function strategyTestText(name: string): string {
  const type = className(name);
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bars } from 'valvulin/core';
import { ${type} } from './${name}.ts';

const HOUR = 3_600_000;

function hourly(closes: number[]): Bars {
  return Bars.fromRows(
    'BTCUSDT',
    '1h',
    closes.map((close, i) => ({ time: i * HOUR, open: close, high: close, low: close, close, volume: 1 })),
  );
}

test('is long above the mean and out below it', () => {
  const { signal } = new ${type}({ length: 3 }).run(hourly([10, 10, 10, 11, 12, 9, 8]));
  assert.deepEqual([...signal], [0, 0, 0, 1, 1, -1, -1]);
});

test('does not look ahead', () => {
  const bars = hourly([10, 12, 11, 13, 12, 14, 13, 9, 8, 11]);
  const whole = new ${type}({ length: 3 }).run(bars).signal;
  for (let n = 1; n <= bars.length; n++) {
    const cut = new ${type}({ length: 3 }).run(bars.slice(0, n)).signal;
    assert.deepEqual([...cut], [...whole.subarray(0, n)]);
  }
});

test('refuses a length that makes no sense', () => {
  assert.throws(() => new ${type}({ length: 1 }), { code: 'VLV_STRATEGY_PARAMS' });
});
`;
}

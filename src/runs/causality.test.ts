import { describe, expect, test } from 'vitest';
import type { Bars } from '../core/bars.ts';
import { resample } from '../core/resample.ts';
import { type Signals, signals } from '../core/signal.ts';
import { syntheticBars } from '../data/synthetic/index.ts';
import { sma } from '../indicators/averages.ts';
import { BaseStrategy } from '../strategies/base.ts';
import { EMAMACDStrategy } from '../strategies/ema-macd.ts';
import { checkCausality } from './causality.ts';

const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', bars: 3_000, seed: 3 });

/** Long where a bar closes above its mean; `ahead` looks that many bars into the future. */
class Above extends BaseStrategy {
  ahead = 0;
  override generateSignals(b: Bars): Signals {
    const mean = sma(b.close, 20);
    return signals(b, (i) => {
      const at = Math.min(b.length - 1, i + this.ahead);
      return b.close[at] > mean[i] ? 1 : b.close[at] < mean[i] ? -1 : 0;
    });
  }
}

class OneBarAhead extends Above {
  override ahead = 1;
}

/** The classic shift in the wrong direction: the next bar's change decides, on rare bars only. */
class NegativeShift extends BaseStrategy {
  override generateSignals(b: Bars): Signals {
    return signals(b, (i) => {
      const change = i + 1 < b.length ? b.close[i + 1] / b.close[i] - 1 : 0;
      return change > 0.02 ? 1 : change < -0.02 ? -1 : 0;
    });
  }
}

/** Normalises with the mean of the whole series. */
class WholeSeries extends BaseStrategy {
  override generateSignals(b: Bars): Signals {
    let sum = 0;
    for (const close of b.close) sum += close;
    return signals(b, (i) => (b.close[i] > sum / b.length ? 1 : -1));
  }
}

/** Reads the close of the day that is still going on. */
class UnclosedDay extends BaseStrategy {
  override generateSignals(b: Bars): Signals {
    const days = resample(b, '1d', true);
    let day = 0;
    return signals(b, (i) => {
      while (day + 1 < days.length && days.time[day + 1] <= b.time[i]) day++;
      return days.close[day] > days.open[day] ? 1 : -1;
    });
  }
}

/** Sound signals, but the stop it asks for knows the lowest low of the next bars. */
class PeekingStop extends Above {
  override generateSignals(b: Bars): Signals {
    const sound = super.generateSignals(b);
    const stop = Float64Array.from(b.low, (_, i) => Math.min(...b.low.slice(i, i + 4)));
    return { ...sound, columns: { stop_loss: stop } };
  }
}

/** Answers differently each time it is asked. */
class Chance extends BaseStrategy {
  static asked = 0;
  override generateSignals(b: Bars): Signals {
    const n = Chance.asked++;
    return signals(b, (i) => ((i + n) % 5 === 0 ? 1 : 0));
  }
}

function check(Strategy: new () => BaseStrategy<object>, complete = false) {
  return checkCausality(() => new Strategy(), bars, new Strategy().run(bars), { complete });
}

describe('a strategy that peeks is caught', () => {
  test.each([OneBarAhead, NegativeShift, WholeSeries, UnclosedDay, PeekingStop, Chance])('%o', (Strategy) => {
    const report = check(Strategy);
    expect(report.passed).toBe(false);
    const { violation } = report;
    expect(violation?.time).toBe(bars.time[violation?.bar ?? -1]);
    expect(violation?.withFuture).not.toBe(violation?.withoutFuture);
  });

  test('the report names the column that peeked', () => {
    expect(check(PeekingStop).violation?.column).toBe('stop_loss');
    expect(check(OneBarAhead).violation?.column).toBe('signal');
  });
});

describe('a sound strategy passes', () => {
  test.each([Above, EMAMACDStrategy])('%o', (Strategy) => {
    const report = check(Strategy);
    expect(report).toMatchObject({ passed: true, possibleCuts: 2_999, violation: null });
    expect(report.cuts).toBe(200);
  });

  test('with fewer cuts where many checks share the time of a run, but never fewer than eight', () => {
    const cuts = [1, 40, 10_000].map(
      (checks) => checkCausality(() => new Above(), bars, new Above().run(bars), { checks }).cuts,
    );
    expect(cuts).toEqual([200, 166, 8]);
  });

  test('also when every cut is tried', () => {
    const short = bars.slice(0, 400);
    const report = checkCausality(() => new Above(), short, new Above().run(short), { complete: true });
    expect(report).toMatchObject({ passed: true, cuts: 399, possibleCuts: 399 });
  });

  test('on a history too short to cut', () => {
    for (const length of [0, 1]) {
      const short = bars.slice(0, length);
      expect(checkCausality(() => new Above(), short, new Above().run(short))).toMatchObject({ passed: true, cuts: 0 });
    }
  });
});

test('the same bars are cut at the same places', () => {
  expect(check(NegativeShift)).toEqual(check(NegativeShift));
});

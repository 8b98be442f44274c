import { z } from 'zod';
import type { Bars } from '../../../src/core/bars.ts';
import type { Signals, TradeSignal } from '../../../src/core/signal.ts';
import { signals } from '../../../src/core/signal.ts';
import { BaseStrategy, type SliceContext, type StrategyClass } from '../../../src/strategies/base.ts';

const HISTORY = 30;

/** The same number from 0 to 1 for the same instant. */
function chance(time: number, salt: number): number {
  let h = Math.imul((time / 1_000) ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}

/** In and out at random. */
class Noise extends BaseStrategy<{ salt: number }> {
  static override readonly params = z.object({ salt: z.int().default(1) });
  override get history(): number {
    return HISTORY;
  }
  override generateSignals(bars: Bars): Signals {
    return signals(bars, (i) => {
      const x = chance(bars.time[i], this.params.salt);
      return x < 0.3 ? 1 : x > 0.8 ? -1 : 0;
    });
  }
}

/** Long above the mean of the last bars. */
class Trend extends BaseStrategy {
  override get history(): number {
    return HISTORY;
  }
  override generateSignals(bars: Bars): Signals {
    return signals(bars, (i) => {
      const from = Math.max(0, i - 5);
      let sum = 0;
      for (let k = from; k <= i; k++) sum += bars.close[k];
      return bars.close[i] > sum / (i - from + 1) ? 1 : -1;
    });
  }
}

/** Wants to buy at every bar, whatever happened. */
class AlwaysBuy extends BaseStrategy {
  override get history(): number {
    return HISTORY;
  }
  override generateSignals(bars: Bars): Signals {
    return signals(bars, () => 1);
  }
}

/** Buys below the market with limit orders that live for one bar. */
class Dip extends BaseStrategy<{ salt: number }> {
  static override readonly params = z.object({ salt: z.int().default(1) });
  override get history(): number {
    return HISTORY;
  }
  override generateSignals(bars: Bars): Signals {
    const price = Float64Array.from(bars.close, (close, i) => close - 0.3 * (bars.high[i] - bars.low[i]));
    return signals(bars, (i) => (chance(bars.time[i], this.params.salt) < 0.7 ? 1 : -1), { entry_price: price });
  }
}

/** Orders of its own of every type: scales in, sells parts, leaves by limit. */
class Hands extends BaseStrategy<{ salt: number }> {
  static override readonly params = z.object({ salt: z.int().default(1) });
  override get history(): number {
    return HISTORY;
  }
  override onSlice(context: SliceContext): readonly TradeSignal[] {
    return context.symbols.flatMap((symbol): TradeSignal[] => {
      const bars = context.bars(symbol, 2);
      const i = bars.length - 1;
      if (i < 1) return [];
      const { close, high, low } = bars;
      const held = context.position(symbol);
      const x = chance(context.time, this.params.salt);
      const wish = { symbol, timestamp: context.time };
      const part = context.equity / close[i] / 20;
      if (x < 0.15) return [{ ...wish, side: 'BUY', quantity: part }];
      if (x < 0.3)
        return [{ ...wish, side: 'BUY', type: 'stop', price: high[i] * 1.0005, quantity: part, validBars: 3 }];
      if (x < 0.4) return [{ ...wish, side: 'BUY', type: 'limit', price: low[i], quantity: part, validBars: 2 }];
      if (x < 0.5) {
        const price = high[i] * 1.0003;
        return [{ ...wish, side: 'BUY', type: 'stop_limit', price, limitPrice: price * 1.0005, quantity: part }];
      }
      if (held > 0 && x < 0.6) return [{ ...wish, side: 'SELL', quantity: held / 3, reduceOnly: true }];
      if (held > 0 && x < 0.7)
        return [{ ...wish, side: 'SELL', type: 'limit', price: close[i] * 1.001, quantity: held }];
      return x > 0.9 ? [{ ...wish, side: 'SELL' }] : [];
    });
  }
}

const STEPS = ['wait', 'buy', 'limit', 'stop', 'sell', 'part'] as const;

/** Does at each bar what a scenario wants. */
class Script extends BaseStrategy<{ start: number; steps: (typeof STEPS)[number][] }> {
  static override readonly params = z.object({ start: z.number(), steps: z.array(z.enum(STEPS)) });
  override get history(): number {
    return HISTORY;
  }
  override onSlice(context: SliceContext): readonly TradeSignal[] {
    const step = this.params.steps[Math.round((context.time - this.params.start) / 60_000)] ?? 'wait';
    return context.symbols.flatMap((symbol): TradeSignal[] => {
      const bars = context.bars(symbol, 1);
      const close = bars.close[bars.length - 1];
      const wish = { symbol, timestamp: context.time };
      const quantity = 0.02;
      switch (step) {
        case 'buy':
          return [{ ...wish, side: 'BUY', quantity }];
        case 'limit':
          return [{ ...wish, side: 'BUY', type: 'limit', price: close * 1.0002, quantity, validBars: 1 }];
        case 'stop':
          return [{ ...wish, side: 'BUY', type: 'stop', price: close * 1.0002, quantity, validBars: 2 }];
        case 'sell':
          return [{ ...wish, side: 'SELL' }];
        case 'part':
          return [{ ...wish, side: 'SELL', quantity: quantity / 2, reduceOnly: true }];
        case 'wait':
          return [];
      }
    });
  }
}

/** Strategies of the simulation by their class names. */
export const SIM_STRATEGIES: Readonly<Record<string, StrategyClass>> = { Noise, Trend, AlwaysBuy, Dip, Hands, Script };

/** A wrong rule: a patch of one source file, applied only inside the test that must notice it. */
export interface Mutation {
  readonly name: string;
  /** Path below `src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const fillRules = 'execution/fill-rules.ts';
const venue = 'execution/sim-venue.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a stop fills at the stop although the bar gapped past it',
    file: venue,
    find: 'this.#fill(due, price, rests',
    replace: "this.#fill(due, due.intent.type === 'stop' ? due.price : price, rests",
  },
  {
    name: 'a stop needs a price beyond it',
    file: fillRules,
    find: 'return side > 0 ? high >= trigger : low <= trigger;',
    replace: 'return side > 0 ? high > trigger : low < trigger;',
  },
  {
    name: 'touching a limit always fills it',
    file: fillRules,
    find: 'if (touch) return',
    replace: 'if (touch || side !== 0) return',
  },
  {
    name: 'a limit fills at its price although the bar opened beyond it',
    file: venue,
    find: 'this.#fill(due, price, rests',
    replace: 'this.#fill(due, due.isLimit ? due.limit : price, rests',
  },
  {
    name: 'no slippage',
    file: fillRules,
    find: 'if (bps === 0) return price;',
    replace: 'if (bps >= 0) return price;',
  },
  {
    name: 'slippage rounds to the nearest tick',
    file: fillRules,
    find: 'side > 0 ? Math.ceil(raw) : Math.floor(raw)',
    replace: 'Math.round(raw)',
  },
  {
    name: 'fees round down',
    file: 'core/costs.ts',
    find: 'Math.ceil((rest * rate)',
    replace: 'Math.floor((rest * rate)',
  },
  {
    name: 'the minimum fee is a unit too small',
    file: 'core/costs.ts',
    find: 'return fee < this.minFee ? this.minFee : fee;',
    replace: 'return fee < this.minFee ? this.minFee - 1 : fee;',
  },
  {
    name: 'makers pay what takers pay',
    file: 'core/costs.ts',
    find: 'Math.round(settings.makerPct',
    replace: 'Math.round(settings.takerPct',
  },
  {
    name: 'the target comes before the stop',
    file: venue,
    find: 'held > 0 ? !order.actsBelow : held < 0 && order.actsBelow',
    replace: 'held > 0 ? order.actsBelow : held < 0 && !order.actsBelow',
  },
  {
    name: 'an entry places no stop',
    file: 'core/execution.ts',
    find: 'if (protective > 0 && !keepsStop)',
    replace: 'if (protective < 0 && !keepsStop)',
  },
  {
    name: 'an order that the open is beyond waits for the range',
    file: venue,
    find: 'if (!order.reachedBy(price, price, this.#spec.fills)) return false;',
    replace: 'if (price > 0) return false;',
  },
  {
    name: 'buying power ignores the fee',
    file: 'core/sizing.ts',
    find: 'costs.afterFee(Math.floor(budget), maker)',
    replace: 'Math.floor(budget) + (maker ? 0 : 0)',
  },
  {
    name: 'the largest position is not enforced',
    file: 'core/risk-room.ts',
    find: 'if (settings.maxPosition !== null)',
    replace: 'if (settings.maxPosition === -1)',
  },
  {
    name: 'an opposite signal leaves but does not turn round',
    file: 'core/execution.ts',
    find: 'if (reversal) this.onAnswer(slot, reversal, time);',
    replace: 'if (reversal && time < 0) this.onAnswer(slot, reversal, time);',
  },
  {
    name: 'the risk of a trade is measured without its stop ratio',
    file: 'core/risk.ts',
    find: '(reference * stop.percent * ratio) / 100',
    replace: '(reference * stop.percent) / 100',
  },
  {
    name: 'the account is valued at the open',
    file: 'execution/stream-cursor.ts',
    find: 'bar.close = nearest(this.#close[i]',
    replace: 'bar.close = nearest(this.#open[i]',
  },
  {
    name: 'decisions trade at the close that caused them',
    file: 'execution/historical-run.ts',
    find: "this.#spec.fills.fillAt === 'close'",
    replace: "this.#spec.fills.fillAt !== 'close'",
  },
  {
    name: 'a stop on the wrong side is let through',
    file: 'core/risk.ts',
    find: 'if (prices.stop > 0 && side * (expected - prices.stop) <= 0)',
    replace: 'if (prices.stop < 0)',
  },
  {
    name: 'targets are measured from half the stop distance',
    file: 'core/protection.ts',
    find: 'side * multiple * instrument.price(Math.abs(entry - stop))',
    replace: 'side * multiple * 0.5 * instrument.price(Math.abs(entry - stop))',
  },
  {
    name: 'what the exit of a short costs is rounded down',
    file: 'core/ledger.ts',
    find: 'side === 1 ? market.notionalUp(price, quantity) : market.notionalDown(price, quantity)',
    replace: 'market.notionalDown(price, quantity) - (side === 1 ? 1 : 0)',
  },
];

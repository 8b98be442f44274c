import { Costs } from '../core/costs.ts';
import { exact, MAX_UNITS, pow10 } from '../core/money.ts';
import { initialStop } from '../core/protection.ts';
import { stopDistance } from '../core/risk.ts';
import { affordableQuantity, riskQuantity } from '../core/sizing.ts';
import type { FastPathSpec } from './fast-path-spec.ts';
import { limitPrice, limitReached, stopPrice, stopReached, worsened } from './fill-rules.ts';
import * as row from './trade-columns.ts';

const CHUNK = 4096;

/**
 * The column loop for single-symbol signal backtests: the engine's rules without its events. A bar that trades nothing
 * costs one comparison with the nearest trigger and one valuation; everything else happens in the cold methods, whose
 * state comes back into locals after each call. Random tests hold it equal to the engine trade by trade.
 */
export class FastPath {
  readonly trades = new row.TradeColumns();
  /** Account value at each close, quote money. */
  readonly equity: Float64Array;
  /** Its fall from the highest value so far, as a fraction of it. */
  readonly drawdown: Float64Array;
  /** An entry that the last bar decided, and no open came to fill. */
  unfilled: { readonly side: number; readonly quantity: number; readonly bar: number } | null = null;
  readonly #spec: FastPathSpec;
  readonly #costs: Costs;
  readonly #scale: number;
  readonly #cashScale: number;
  readonly #tick: number;
  readonly #factor: number;
  readonly #touch: boolean;
  readonly #stopColumn: Float64Array | null;
  readonly #targetColumn: Float64Array | null;
  readonly #stopDistances: Float64Array | null;
  // Numbers that the loop reads back start as fractions, so that they are stored unboxed.
  #cash = 0.5;
  #quantity = 0.5;
  #peak = 0.5;
  /**
   * Prices at or beyond which the open position may trade, a unit of margin included: what the loop compares without
   * rounding, and `#trade` looks at exactly. Infinite where there is no order on that side.
   */
  #below = 0.5;
  #above = 0.5;
  #stop = 0.5;
  #target = 0.5;
  /** Distance of the default stop from the fill of the waiting entry. */
  #distance = 0.5;
  /** First field of the open trade's row. */
  #current = 0;
  #reversing = false;
  #served = true;
  /** Side that an entry or reversal waits for at the next open; 0 is none. */
  #entrySide = 0;
  #exitWaits = false;
  #decidedBar = -1;
  #exitDecidedBar = -1;
  #orderQuantity = 0.5;
  #orderBudget = 0.5;

  constructor(spec: FastPathSpec) {
    this.#spec = spec;
    this.#costs = new Costs(spec.costs, spec.cashDecimals);
    const { instrument } = spec.market;
    this.#scale = instrument.priceScale;
    this.#tick = instrument.tick;
    this.#factor = spec.market.multiplier / spec.market.divisor;
    this.#touch = spec.fills.limitFill === 'touch';
    this.#stopColumn = spec.signals.columns['stop_loss'] ?? null;
    this.#targetColumn = spec.signals.columns['take_profit'] ?? null;
    this.#stopDistances = spec.distances.stop;
    this.#cashScale = pow10(spec.cashDecimals);
    this.#peak = spec.capital;
    this.equity = new Float64Array(spec.bars.length);
    this.drawdown = new Float64Array(spec.bars.length);
    this.#cash = exact(Math.round(spec.capital * pow10(spec.cashDecimals)), 'capital');
    this.#flat();
  }

  /** Runs all bars; false where an order was refused or the account fell to zero, which the engine handles. */
  run(): boolean {
    const last = this.equity.length - 1;
    for (let from = 0; from < last && this.#served; from += CHUNK) this.#advance(from, Math.min(last, from + CHUNK));
    if (this.#served && last >= 0) this.#finish(last);
    return this.#served;
  }

  /** The hot loop: few live numbers, everything else is read where something happens. */
  #advance(from: number, to: number): void {
    const { low, high, close } = this.#spec.bars;
    const { signal } = this.#spec.signals;
    const { equity, drawdown } = this;
    const scale = this.#scale;
    const cashScale = this.#cashScale;
    let cash = this.#cash;
    let held = this.#quantity;
    let below = this.#exitWaits || this.#entrySide !== 0 ? Number.POSITIVE_INFINITY : this.#below;
    let above = this.#above;
    let peak = this.#peak;
    for (let i = from; i < to; i++) {
      if (low[i] <= below || high[i] >= above) {
        this.#trade(i);
        cash = this.#cash;
        held = this.#quantity;
        below = this.#below;
        above = this.#above;
      }
      const value = held === 0 ? cash : cash + Math.floor(close[i] * scale + 0.5) * held * this.#factor;
      const money = value / cashScale;
      if (money > peak) peak = money;
      equity[i] = money;
      drawdown[i] = 1 - money / peak;
      if (value <= 0) this.#served = false;
      const s = signal[i];
      if (s !== 0 && s * held <= 0 && this.#decide(i, s)) below = Number.POSITIVE_INFINITY;
    }
    this.#peak = peak;
  }

  /** A signal that is not the position's own side: leave, turn round, or enter. True where something waits now. */
  #decide(i: number, side: number): boolean {
    const { allowShort } = this.#spec.orders;
    const mayEnter = side > 0 || allowShort;
    this.#decidedBar = i;
    if (this.#quantity !== 0) {
      this.#exitWaits = true;
      this.#exitDecidedBar = i;
      this.#entrySide = mayEnter ? side : 0;
      return true;
    }
    if (!mayEnter) return false;
    return this.#size(side, Math.round(this.#spec.bars.close[i] * this.#scale), false);
  }

  /** Sizes an entry that is to fill at the next open, as `risk.ts` does for a flat account without other limits. */
  #size(side: number, last: number, reversing: boolean): boolean {
    const { market, orders, risk } = this.#spec;
    const { instrument } = market;
    const decided = this.#decidedBar;
    const stop = this.#level(this.#stopColumn, decided, -side);
    const target = this.#level(this.#targetColumn, decided, side);
    const atBar = this.#stopDistances === null ? Number.NaN : this.#stopDistances[decided];
    const reference = instrument.price(last);
    this.#distance = instrument.distanceUnits(stopDistance(orders.stop, orders.stopRatio, reference, atBar));
    if (stop > 0 && side * (last - stop) <= 0) return this.#giveUp();
    if (target > 0 && side * (target - last) <= 0) return this.#giveUp();
    if (stop === 0 && orders.stop !== null && this.#distance === 0) return this.#giveUp();
    const cash = this.#cash;
    const cap = risk.maxPosition === null ? Number.POSITIVE_INFINITY : cash * risk.maxPosition;
    const room = cap < cash ? cap : cash;
    let quantity = 0;
    let budget = 0;
    let expected = 0;
    const { sizing } = orders;
    if (sizing.kind === 'fixed') {
      quantity = instrument.quantityUnits(sizing.quantity);
      expected = quantity;
    } else if (sizing.kind === 'percent') {
      budget = Math.min(Math.floor((cash * sizing.percent) / 100), Math.floor(room));
      expected = affordableQuantity(market, this.#costs, last, Math.min(budget, room), false);
    } else {
      const distance = stop > 0 ? Math.abs(last - stop) : this.#distance;
      if (distance <= 0) return this.#giveUp();
      const wanted = riskQuantity(market, cash, sizing.percent, distance);
      quantity = Math.min(wanted, affordableQuantity(market, this.#costs, last, room, false));
      budget = Math.floor(room);
      expected = quantity;
    }
    if (market.mark(last, expected) >= MAX_UNITS) return this.#giveUp();
    const value = market.notionalUp(last, expected);
    if (expected < instrument.lot || value < market.minNotional) return this.#giveUp();
    if (budget === 0 && value + this.#costs.fee(value, false) > room) return this.#giveUp();
    this.#stop = stop;
    this.#target = target;
    this.#orderQuantity = quantity;
    this.#orderBudget = budget;
    this.#entrySide = side;
    this.#reversing = reversing;
    return true;
  }

  /** Everything that trades in bar `i`, in time order: what is due at its open, then what its range reaches. */
  #trade(i: number): void {
    const open = Math.round(this.#spec.bars.open[i] * this.#scale);
    if (this.#quantity !== 0) this.#tradeAtOpen(i, open);
    const side = this.#entrySide;
    if (side !== 0) {
      this.#entrySide = 0;
      if (this.#enter(i, side, open)) this.#tradeAtOpen(i, open);
    }
    if (this.#quantity !== 0) this.#tradeInRange(i, open);
  }

  #tradeAtOpen(i: number, open: number): void {
    const exit = this.#quantity > 0 ? -1 : 1;
    const waits = this.#exitWaits;
    this.#exitWaits = false;
    let price = open;
    let reason = row.EXIT_SIGNAL;
    if (this.#stop > 0 && stopReached(exit, this.#stop, open, open)) reason = row.EXIT_STOP;
    else if (this.#target > 0 && limitReached(exit, this.#target, open, open, this.#touch)) reason = row.EXIT_TARGET;
    else if (!waits) return;
    if (reason !== row.EXIT_TARGET) price = worsened(open, exit, this.#costs.takerBps, this.#tick);
    this.#exit(i, price, reason, waits ? row.MARKET_EXIT : 0);
    const side = this.#entrySide;
    this.#entrySide = 0;
    if (waits && side !== 0) this.#size(side, price, true);
  }

  #tradeInRange(i: number, open: number): void {
    const { high, low } = this.#spec.bars;
    const top = Math.round(high[i] * this.#scale);
    const bottom = Math.round(low[i] * this.#scale);
    const exit = this.#quantity > 0 ? -1 : 1;
    const targetReached = this.#target > 0 && limitReached(exit, this.#target, top, bottom, this.#touch);
    if (this.#stop > 0 && stopReached(exit, this.#stop, top, bottom)) {
      const price = worsened(stopPrice(exit, this.#stop, open), exit, this.#costs.takerBps, this.#tick);
      this.#exit(i, price, row.EXIT_STOP, row.IN_RANGE + (targetReached ? row.AMBIGUOUS : 0));
    } else if (targetReached) {
      this.#exit(i, limitPrice(exit, this.#target, open), row.EXIT_TARGET, row.IN_RANGE);
    }
  }

  /** Fills the waiting entry at the open; false where the cash does not cover it. */
  #enter(i: number, side: number, open: number): boolean {
    const { market, orders } = this.#spec;
    const price = worsened(open, side, this.#costs.takerBps, this.#tick);
    let quantity = this.#orderQuantity;
    if (this.#orderBudget > 0) {
      const covered = affordableQuantity(market, this.#costs, price, Math.min(this.#orderBudget, this.#cash), false);
      quantity = quantity > 0 ? Math.min(quantity, covered) : covered;
    }
    const cost = side > 0 ? market.notionalUp(price, quantity) : market.notionalDown(price, quantity);
    const fee = this.#costs.fee(cost, false);
    if (quantity <= 0 || cost + fee > this.#cash) {
      return this.#giveUp();
    }
    this.#stop = initialStop(side, price, this.#stop, this.#distance);
    if (this.#target === 0 && orders.targetRatio !== null && this.#stop > 0) {
      const { instrument } = market;
      const reach = orders.targetRatio * instrument.price(Math.abs(price - this.#stop));
      this.#target = Math.max(this.#tick, instrument.levelUnits(instrument.price(price) + side * reach, side));
    }
    this.#cash = exact(this.#cash - side * cost - fee, 'cash');
    this.#quantity = side * quantity;
    this.#setBand(side);
    const { trades } = this;
    const at = trades.add();
    const { rows } = trades;
    this.#current = at;
    rows[at + row.SIDE] = side;
    rows[at + row.QUANTITY] = quantity;
    rows[at + row.ENTRY_BAR] = i;
    rows[at + row.ENTRY_PRICE] = price;
    rows[at + row.ENTRY_COST] = cost;
    rows[at + row.ENTRY_FEE] = fee;
    rows[at + row.STOP] = this.#stop;
    rows[at + row.TARGET] = this.#target;
    rows[at + row.DECIDED_BAR] = this.#decidedBar;
    rows[at + row.FLAGS] = this.#reversing ? row.REVERSAL : 0;
    rows[at + row.ORDER_QUANTITY] = this.#orderQuantity;
    return true;
  }

  #exit(i: number, price: number, reason: number, flags: number): void {
    const { market } = this.#spec;
    const side = this.#quantity > 0 ? 1 : -1;
    const quantity = side * this.#quantity;
    const proceeds = side > 0 ? market.notionalDown(price, quantity) : market.notionalUp(price, quantity);
    const fee = this.#costs.fee(proceeds, reason === row.EXIT_TARGET);
    this.#cash = exact(this.#cash + side * proceeds - fee, 'cash');
    const { rows } = this.trades;
    const at = this.#current;
    rows[at + row.EXIT_BAR] = i;
    rows[at + row.EXIT_PRICE] = price;
    rows[at + row.EXIT_PROCEEDS] = proceeds;
    rows[at + row.EXIT_FEE] = fee;
    rows[at + row.REASON] = reason;
    rows[at + row.FLAGS] += flags;
    rows[at + row.EXIT_DECIDED_BAR] =
      reason === row.EXIT_END && (flags & row.MARKET_EXIT) === 0 ? i : this.#exitDecidedBar;
    this.#flat();
  }

  /** The last bar; what is open after it is closed at its close. */
  #finish(last: number): void {
    const peak = this.#peak;
    this.#advance(last, last + 1);
    if (this.#quantity === 0) {
      const side = this.#entrySide;
      if (side !== 0) this.unfilled = { side, quantity: this.#orderQuantity, bar: this.#decidedBar };
      return;
    }
    const exit = this.#quantity > 0 ? -1 : 1;
    const close = Math.round(this.#spec.bars.close[last] * this.#scale);
    const flags = this.#exitWaits ? row.MARKET_EXIT : 0;
    this.#exit(last, worsened(close, exit, this.#costs.takerBps, this.#tick), row.EXIT_END, flags);
    const money = this.#cash / this.#cashScale;
    this.equity[last] = money;
    this.drawdown[last] = 1 - money / Math.max(peak, money);
  }

  #flat(): void {
    this.#quantity = 0;
    this.#stop = 0;
    this.#target = 0;
    this.#below = Number.NEGATIVE_INFINITY;
    this.#above = Number.POSITIVE_INFINITY;
  }

  #setBand(side: number): void {
    const stop = this.#stop > 0 ? this.#stop : -side * Number.POSITIVE_INFINITY;
    const target = this.#target > 0 ? this.#target : side * Number.POSITIVE_INFINITY;
    this.#below = ((side > 0 ? stop : target) + 1) / this.#scale;
    this.#above = ((side > 0 ? target : stop) - 1) / this.#scale;
  }

  #level(column: Float64Array | null, bar: number, direction: number): number {
    return column === null ? 0 : this.#spec.market.instrument.levelUnits(column[bar], direction);
  }

  /** Something would be refused: the engine runs instead, and says why. */
  #giveUp(): false {
    this.#served = false;
    return false;
  }
}

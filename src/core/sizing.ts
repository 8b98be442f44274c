import type { Costs } from './costs.ts';
import type { Market } from './instrument.ts';
import type { Sizing } from './settings.ts';

/** What an entry is sized by. One object is written again for each entry. */
export class SizeRequest {
  readonly costs: Costs;
  // Numbers that are no small integers start as fractions, so that they are stored unboxed.
  /** Price the order is expected to fill at, price units. */
  price = 0.5;
  /** Entry to stop in price units; 0 is no stop. */
  stopDistance = 0.5;
  /** Standard deviation of yearly returns; NaN where unknown. */
  volatility = 0.5;
  /** What the slot may use of the account, cash units. */
  slotCapital = 0.5;
  /** The most the position may still grow by, cash units, fees included. */
  room = 0.5;
  /** 1, or less where a drawdown slows entries down. */
  scale = 0.5;
  maker = false;
  /** A market order may be sized by its budget at the price it gets; a resting order needs a quantity now. */
  byBudget = false;

  constructor(costs: Costs) {
    this.costs = costs;
  }
}

/** The answer, written again for each entry. */
export class Size {
  /** Quantity units; 0 where the budget decides at the fill. */
  quantity = 0.5;
  /** Cash units the order may spend; 0 where only the quantity counts. */
  budget = 0.5;
  /** Estimated quantity at the expected price: what minimum checks look at. */
  expected = 0.5;
}

/**
 * Size of an entry. Risk sizing: `quantity = capital * percent / (|entry - stop|)` (fixed fractional, Ralph Vince,
 * Portfolio Management Formulas, 1990); volatility sizing: `value = capital * target / volatility`. Every result is
 * bounded by `room` and rounded down to a lot. False where the sizing needs a stop or a volatility that is missing.
 */
export function sizeEntry(sizing: Sizing, market: Market, request: SizeRequest, size: Size): boolean {
  const { scale } = request;
  switch (sizing.kind) {
    case 'fixed':
      size.quantity = market.instrument.quantityUnits(sizing.quantity * scale);
      size.budget = 0;
      size.expected = size.quantity;
      return true;
    case 'percent':
      spend(market, request, Math.floor((request.slotCapital * sizing.percent) / 100), size);
      return true;
    case 'volatility': {
      if (!(request.volatility > 0)) return false;
      const share = Math.min(1, sizing.percent / 100 / request.volatility);
      spend(market, request, Math.floor(request.slotCapital * share), size);
      return true;
    }
    case 'risk': {
      if (request.stopDistance <= 0) return false;
      const wanted = riskQuantity(market, request.slotCapital, sizing.percent, request.stopDistance);
      const whole = Math.min(wanted, affordable(market, request, request.room));
      size.quantity = scale === 1 ? whole : market.instrument.floorLot(Math.floor(whole * scale));
      size.budget = request.byBudget ? Math.floor(request.room) : 0;
      size.expected = size.quantity;
      return true;
    }
  }
}

/** Quantity units, down to a lot, whose loss over `stopDistance` is `percent` of `equity`, costs aside. */
export function riskQuantity(market: Market, equity: number, percent: number, stopDistance: number): number {
  return market.instrument.floorLot(Math.floor((equity * percent) / 100 / market.mark(stopDistance, 1)));
}

/** Quantity units, down to a lot, that `budget` cash units buy at `price` with their fee. */
export function affordableQuantity(
  market: Market,
  costs: Costs,
  price: number,
  budget: number,
  maker: boolean,
): number {
  return market.affordable(price, costs.afterFee(Math.floor(budget), maker));
}

function affordable(market: Market, { costs, price, room, maker }: SizeRequest, budget: number): number {
  return affordableQuantity(market, costs, price, Math.min(budget, room), maker);
}

function spend(market: Market, request: SizeRequest, budget: number, size: Size): void {
  const bounded = Math.floor(Math.min(budget, Math.floor(request.room)) * request.scale);
  size.expected = affordable(market, request, bounded);
  size.quantity = request.byBudget ? 0 : size.expected;
  size.budget = request.byBudget ? bounded : 0;
}

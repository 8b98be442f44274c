import type { Costs } from './costs.ts';
import type { Market } from './instrument.ts';
import type { Sizing } from './settings.ts';

export interface SizeRequest {
  readonly sizing: Sizing;
  readonly market: Market;
  readonly costs: Costs;
  /** Price the order is expected to fill at, price units. */
  readonly price: number;
  /** Entry to stop in price units; 0 is no stop. */
  readonly stopDistance: number;
  /** Standard deviation of yearly returns; NaN where unknown. */
  readonly volatility: number;
  /** What the slot may use of the account, cash units. */
  readonly slotCapital: number;
  /** The most the position may still grow by, cash units, fees included. */
  readonly room: number;
  /** 1, or less where a drawdown slows entries down. */
  readonly scale: number;
  readonly maker: boolean;
  /** A market order may be sized by its budget at the price it gets; a resting order needs a quantity now. */
  readonly byBudget: boolean;
}

export interface Size {
  /** Quantity units; 0 where the budget decides at the fill. */
  readonly quantity: number;
  /** Cash units the order may spend; 0 where only the quantity counts. */
  readonly budget: number;
  /** Estimated quantity at the expected price: what minimum checks look at. */
  readonly expected: number;
}

/**
 * Size of an entry. Risk sizing: `quantity = capital * percent / (|entry - stop|)` (fixed fractional, Ralph Vince,
 * Portfolio Management Formulas, 1990); volatility sizing: `value = capital * target / volatility`. Every result is
 * bounded by `room` and rounded down to a lot. Null where the sizing needs a stop or a volatility that is missing.
 */
export function sizeEntry(request: SizeRequest): Size | null {
  const { sizing, market, price, room, scale } = request;
  const affordable = (budget: number): number =>
    affordableQuantity(market, request.costs, price, Math.min(budget, room), request.maker);
  switch (sizing.kind) {
    case 'fixed': {
      const quantity = market.instrument.quantityUnits(sizing.quantity * scale);
      return { quantity, budget: 0, expected: quantity };
    }
    case 'percent':
      return spend(request, Math.floor((request.slotCapital * sizing.percent) / 100), affordable);
    case 'volatility': {
      if (!(request.volatility > 0)) return null;
      const share = Math.min(1, sizing.percent / 100 / request.volatility);
      return spend(request, Math.floor(request.slotCapital * share), affordable);
    }
    case 'risk': {
      if (request.stopDistance <= 0) return null;
      const wanted = riskQuantity(market, request.slotCapital, sizing.percent, request.stopDistance);
      const whole = Math.min(wanted, affordable(room));
      const quantity = scale === 1 ? whole : market.instrument.floorLot(Math.floor(whole * scale));
      return { quantity, budget: request.byBudget ? Math.floor(room) : 0, expected: quantity };
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

function spend(request: SizeRequest, budget: number, affordable: (budget: number) => number): Size {
  const bounded = Math.floor(Math.min(budget, Math.floor(request.room)) * request.scale);
  const expected = affordable(bounded);
  return request.byBudget ? { quantity: 0, budget: bounded, expected } : { quantity: expected, budget: 0, expected };
}

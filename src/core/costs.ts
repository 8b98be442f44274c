import { exact, pow10, remainder } from './money.ts';
import type { CostSettings } from './settings.ts';

/** Fee rates are whole multiples of 1e-7 (a hundred-thousandth of a percent). */
const RATE_SCALE = 10_000_000;

/** Costs of one account in its cash units. All fields are read inside fills, none changes. */
export class Costs {
  readonly cashDecimals: number;
  readonly takerRate: number;
  readonly makerRate: number;
  readonly fixedFee: number;
  readonly minFee: number;
  /** What a market or stop fill is worse by: slippage plus half the spread, in basis points. */
  readonly takerBps: number;
  readonly impactBps: number;

  constructor(settings: CostSettings, cashDecimals: number) {
    this.cashDecimals = cashDecimals;
    this.takerRate = Math.round(settings.takerPct * (RATE_SCALE / 100));
    this.makerRate = Math.round(settings.makerPct * (RATE_SCALE / 100));
    this.fixedFee = Math.round(settings.fixedFee * pow10(cashDecimals));
    this.minFee = Math.round(settings.minFee * pow10(cashDecimals));
    this.takerBps = settings.slippageBps + settings.spreadBps / 2;
    this.impactBps = settings.impactBps;
  }

  /** Fee of one fill in cash units, rounded up. `notional` is its value in cash units. */
  fee(notional: number, maker: boolean): number {
    const fee = this.fixedFee + rateFee(notional, maker ? this.makerRate : this.takerRate);
    return fee < this.minFee ? this.minFee : fee;
  }

  /** The part of `budget` cash units that is left for the trade itself once its fee is paid: solves for the fee. */
  afterFee(budget: number, maker: boolean): number {
    const rate = maker ? this.makerRate : this.takerRate;
    let value = Math.floor((budget - this.fixedFee) / (1 + rate / RATE_SCALE));
    if (budget - value < this.minFee) value = budget - this.minFee;
    while (value > 0 && value + this.fee(value, maker) > budget) value--;
    while (value >= 0 && value + 1 + this.fee(value + 1, maker) <= budget) value++;
    return value < 0 ? 0 : value;
  }
}

/** `ceil(notional * rate / 1e7)`, split so that no product leaves the exact range. */
function rateFee(notional: number, rate: number): number {
  const rest = remainder(notional, RATE_SCALE);
  const whole = (notional - rest) / RATE_SCALE;
  return exact(whole * rate, 'fee') + Math.ceil((rest * rate) / RATE_SCALE);
}

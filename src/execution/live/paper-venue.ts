import type { Bar } from '../../core/bars.ts';
import { type Engine, type Input, type MarketBar } from '../../core/engine.ts';
import type { Market } from '../../core/instrument.ts';
import type { Command } from '../../core/order.ts';
import type { FillSettings } from '../../core/settings.ts';
import { SimVenue } from '../sim-venue.ts';

/**
 * The simulated venue on live bars: the same rules, orders of events and prices as in a backtest. Market orders fill at
 * the open of the next bar as soon as it is known; what lies inside a bar's range fills when the bar has closed. Of the
 * volume of a bar that has just opened nothing is known, so a volume cap looks at the bar before it.
 */
export class PaperVenue {
  readonly #venue: SimVenue;
  readonly #handle: (input: Input) => void;

  /** @param handle gives an answer to the engine and brings back its commands by `send` */
  constructor(engine: Engine, markets: readonly Market[], fills: FillSettings, handle: (input: Input) => void) {
    this.#handle = handle;
    const { ledger } = engine;
    this.#venue = new SimVenue({
      markets,
      costs: engine.costs,
      fills,
      account: { free: () => ledger.free(), held: (slot) => ledger.positions[slot].quantity },
      deliver: () => this.#drain(),
    });
  }

  send(commands: readonly Command[], time: number): void {
    for (let c = 0; c < commands.length; c++) this.#venue.send(commands[c], time);
  }

  /** Hands over what the last commands were answered with. */
  settle(): void {
    if (!this.#venue.outbox.isEmpty) this.#drain();
  }

  open(symbol: number, bar: MarketBar): void {
    this.#venue.open(symbol, bar);
  }

  range(symbol: number, bar: MarketBar): void {
    this.#venue.range(symbol, bar);
  }

  #drain(): void {
    const { outbox } = this.#venue;
    for (let answer = outbox.take(); answer; answer = outbox.take()) this.#handle(answer);
  }
}

/** Writes a bar into the engine's form of it. */
export function fillMarketBar(target: MarketBar, bar: Bar, closeTime: number, market: Market): void {
  const { instrument } = market;
  target.openTime = bar.time;
  target.closeTime = closeTime;
  target.open = instrument.priceUnits(bar.open);
  target.high = instrument.priceUnits(bar.high);
  target.low = instrument.priceUnits(bar.low);
  target.close = instrument.priceUnits(bar.close);
  target.volume = bar.volume;
}

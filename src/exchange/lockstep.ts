import type { SteppedClock } from './exchange-clock.ts';
import type { ExchangeSockets } from './exchange-sockets.ts';
import type { MarketDriver } from './market-driver.ts';

/** Where a market that waits for its client stands. */
export interface LockstepState {
  /** Number of the instant that was played last; 0 before the first. */
  readonly instant: number;
  /** Exchange time, epoch ms. */
  readonly time: number;
  /** True where the market has nothing more to play. */
  readonly over: boolean;
}

/**
 * Exchange time stands still until the client asks for the next instant. Behind what an instant made, every connection
 * is sent a marker, so that the client knows when it has seen all of it.
 */
export class Lockstep {
  readonly #clock: SteppedClock;
  readonly #driver: MarketDriver;
  readonly #sockets: ExchangeSockets;
  #instant = 0;

  constructor(clock: SteppedClock, driver: MarketDriver, sockets: ExchangeSockets) {
    this.#clock = clock;
    this.#driver = driver;
    this.#sockets = sockets;
  }

  get state(): LockstepState {
    return { instant: this.#instant, time: this.#clock.now(), over: this.#driver.nextTime === null };
  }

  /** Sends the marker once more behind what the client's own requests made, without moving the market. */
  sync(): LockstepState {
    this.#instant++;
    this.#mark();
    return this.state;
  }

  /** Plays up to the next instant at which something happens. */
  advance(): LockstepState {
    for (let happened = false; !happened; ) {
      const { nextTime } = this.#driver;
      if (nextTime === null) break;
      this.#clock.moveTo(nextTime);
      happened = this.#driver.play();
    }
    return this.sync();
  }

  #mark(): void {
    this.#sockets.mark(JSON.stringify({ lockstep: this.state }));
  }
}

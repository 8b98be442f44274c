import { createHash } from 'node:crypto';
import { systemClock } from '../../data/node-ports.ts';
import { RandomStream } from '../../data/synthetic/random.ts';
import { ExchangeClock, SteppedClock } from '../../exchange/exchange-clock.ts';
import { ExchangeSockets } from '../../exchange/exchange-sockets.ts';
import { randomFaults } from '../../exchange/fault-seeds.ts';
import type { FaultPlan } from '../../exchange/faults.ts';
import { LocalExchange } from '../../exchange/local-exchange.ts';
import { Lockstep } from '../../exchange/lockstep.ts';
import { MarketDriver } from '../../exchange/market-driver.ts';
import { ExchangeServer } from '../../exchange/server.ts';
import { randomSocketFaults } from '../../exchange/socket-fault-seeds.ts';
import type { SocketFaultPlan } from '../../exchange/socket-faults.ts';
import { type MarketChoice, printsOf } from './market-choice.ts';

export interface PlaygroundOptions {
  readonly market: MarketChoice;
  /** How many times as fast as the machine's clock exchange time runs; null: in lockstep with the client. */
  readonly speed: number | null;
  readonly seed: number;
  /** Asset to amount, decimal strings. */
  readonly balances: Readonly<Record<string, string>>;
  readonly port: number;
  /** Seed of a day of faults; none where it is missing. */
  readonly faults?: number;
  /** Called when recorded bars are over. */
  readonly onEnd: () => void;
}

export interface Playground {
  readonly server: ExchangeServer;
  readonly apiKey: string;
  readonly secret: string;
  /** Prices, and with them the exchange's time, stand still from here on; orders are still taken. */
  freeze(): void;
  close(): Promise<void>;
}

/** Serves a local exchange with one account, whose key and secret are the same for the same seed. */
export async function openPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { market, speed, seed, balances, port, onEnd } = options;
  const random = new RandomStream(seed, 0x5eed);
  const draw = (): number => random.uniform();
  const apiKey = madeUp('key', seed);
  const secret = madeUp('secret', seed);
  const stepped = speed === null ? new SteppedClock(market.start) : null;
  const running = new ExchangeClock(systemClock, { start: market.start, speed: speed ?? 1 });
  const clock = stepped ?? running;
  const trouble = options.faults === undefined ? null : faultsOf(options.faults, market, { apiKey, balances });
  const exchange = new LocalExchange({
    clock,
    random: draw,
    symbols: market.symbols,
    accounts: [{ apiKey, secret, balances }],
    baseInterval: market.timeframe,
    // Clients sign with the time of their machine, which need not be that of the exchange.
    timestamps: speed === 1 && market.ownTime ? 'checked' : 'ignored',
    ...(trouble === null ? {} : { faults: trouble.requests }),
  });
  const sockets = new ExchangeSockets({
    exchange,
    clock,
    wall: stepped === null ? running : systemClock,
    random: draw,
  });
  const driver = new MarketDriver({
    exchange,
    clock,
    bars: market.bars,
    from: market.from,
    play: stepped === null ? printsOf(market.timeframe) : 'bars',
    random: draw,
    onEnd,
  });
  running.pace(() => driver.nextTime);
  const lockstep = stepped === null ? {} : { lockstep: new Lockstep(stepped, driver, sockets) };
  const server = await ExchangeServer.serve({ exchange, sockets, port, speed, ...lockstep });
  if (stepped === null) driver.start();
  return {
    server,
    apiKey,
    secret,
    freeze: () => driver.stop(),
    close: async () => {
      driver.stop();
      await server.close();
    },
  };
}

const DAY_MS = 86_400_000;

/** What goes wrong in the first day of the exchange. */
function faultsOf(
  seed: number,
  { start, symbols }: MarketChoice,
  { apiKey, balances }: { apiKey: string; balances: Readonly<Record<string, string>> },
): { requests: FaultPlan; sockets: SocketFaultPlan } {
  const random = new RandomStream(seed, 0xfa17);
  const draw = (): number => random.uniform();
  const scope = { from: start, until: start + DAY_MS };
  const names = symbols.map(({ name }) => name);
  const requests = randomFaults(draw, { ...scope, symbols: names, apiKeys: [apiKey], assets: Object.keys(balances) });
  return { requests, sockets: randomSocketFaults(draw, scope) };
}

/** A key as long as Binance's, the same for the same seed. */
function madeUp(what: 'key' | 'secret', seed: number): string {
  return createHash('sha256').update(`valvulin exchange ${what} ${seed}`).digest('hex');
}

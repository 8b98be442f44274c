import { formatBigUnits, parseBigUnits } from '../../core/decimal.ts';
import { nodeHttp, nodeSockets, systemClock } from '../../data/node-ports.ts';
import { openJournalReader } from '../../execution/journal/open.ts';
import { binanceEndpoints } from '../../execution/venues/binance/endpoints.ts';
import { Secret } from '../../execution/venues/binance/secret.ts';
import { BinanceVenue } from '../../execution/venues/binance/venue.ts';
import type { SpotVenue } from '../../execution/venues/venue.ts';
import type { Playground } from '../exchange/playground.ts';
import type { EngineEvent } from './engine-process.ts';

const DECIMALS = 16;
const RECV_WINDOW_MS = 5_000;

export interface LedgerCheck {
  /** What the books of the engine and the account at the exchange say of each asset. */
  readonly assets: readonly { readonly asset: string; readonly books: string; readonly exchange: string }[];
  /** Trades that both sides know, each with the same price, quantity and fee. */
  readonly trades: number;
  /** What is not the same on both sides, in words. */
  readonly differences: readonly string[];
}

export interface LedgerQuestion {
  readonly playground: Playground;
  readonly symbols: readonly string[];
  readonly quote: string;
  /** Quote money that the engine began with, and the account; decimal strings. */
  readonly capital: string;
  readonly balance: string;
  readonly stateDir: string;
  /** What the engine said of its books when it stopped. */
  readonly stopped: EngineEvent;
}

/**
 * Compares what an engine has in its books with what the exchange says: every own trade, and every asset, to the last
 * unit. The account must be the engine's alone and have held nothing but quote money at the start.
 */
export async function checkLedger(question: LedgerQuestion): Promise<LedgerCheck> {
  const { symbols, quote, capital, balance, stopped } = question;
  const venue = venueOf(question.playground);
  const differences: string[] = [];
  const there = await venue.balances();
  const said = stopped.assets as readonly { readonly asset: string; readonly amount: string }[];
  const books = new Map(said.map(({ asset, amount }) => [asset, amount]));
  const assets = [...new Set([...books.keys(), ...there.keys()])].map((asset) => {
    const { free, locked } = there.get(asset) ?? { free: '0', locked: '0' };
    const held = parseBigUnits(free, DECIMALS) + parseBigUnits(locked, DECIMALS);
    const apart = asset === quote ? parseBigUnits(balance, DECIMALS) - parseBigUnits(capital, DECIMALS) : 0n;
    return { asset, books: books.get(asset) ?? '0', exchange: formatBigUnits(held - apart, DECIMALS) };
  });
  for (const { asset, books: ours, exchange } of assets) {
    if (ours !== exchange) differences.push(`${asset}: the books say ${ours}, the exchange ${exchange}`);
  }
  const trades = await compareTrades(venue, symbols, question.stateDir, differences);
  return { assets, trades, differences };
}

async function compareTrades(
  venue: SpotVenue,
  symbols: readonly string[],
  stateDir: string,
  differences: string[],
): Promise<number> {
  const booked = new Map<string, string>();
  const journal = openJournalReader({ stateDir, account: 'local' });
  try {
    for (const fact of journal.facts()) {
      if (fact.kind !== 'fill') continue;
      const { symbol, tradeId, side, price, quantity, fee, feeAsset } = fact;
      const key = `${symbol} trade ${tradeId}`;
      if (booked.has(key)) differences.push(`${key} is in the books twice`);
      booked.set(key, [side, quantity, price, fee, feeAsset].join(' '));
    }
  } finally {
    journal.close();
  }
  let same = 0;
  for (const symbol of symbols) {
    for (const { tradeId, side, price, quantity, fee, feeAsset } of await venue.trades(symbol, 0)) {
      const key = `${symbol} trade ${tradeId}`;
      const theirs = [side, quantity, price, fee, feeAsset].join(' ');
      const ours = booked.get(key);
      if (ours === theirs) same++;
      else differences.push(`${key}: the books say ${ours ?? 'nothing'}, the exchange ${theirs}`);
      booked.delete(key);
    }
  }
  for (const key of booked.keys()) differences.push(`${key} is in the books, but not at the exchange`);
  return same;
}

function venueOf({ server, apiKey, secret }: Playground): SpotVenue {
  return new BinanceVenue({
    http: nodeHttp,
    sockets: nodeSockets,
    clock: systemClock,
    random: Math.random,
    endpoints: binanceEndpoints('local', server.rest),
    credentials: { venue: 'local', apiKey: new Secret(apiKey), secret: new Secret(secret) },
    recvWindowMs: RECV_WINDOW_MS,
    note: () => undefined,
  });
}

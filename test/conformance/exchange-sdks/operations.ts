import { deepStrictEqual, strictEqual } from 'node:assert';
import { binanceSdk } from './binance.ts';
import { binanceSpotSdk } from './binance-spot.ts';
import { ccxtSdk } from './ccxt.ts';
import { type Keys, openRig, type Rig, type Sdk } from './rig.ts';

type KeyKind = 'hmac' | 'rsa' | 'ed25519';

interface Candidate {
  readonly name: string;
  readonly open: (rig: Rig, keys: Keys) => Promise<Sdk>;
}

export const CANDIDATES: readonly Candidate[] = [
  { name: 'ccxt', open: ccxtSdk },
  { name: 'binance', open: binanceSdk },
  { name: '@binance/spot', open: binanceSpotSdk },
];

export const KEY_KINDS: Readonly<Record<KeyKind, string>> = { hmac: 'HMAC', rsa: 'RSA', ed25519: 'Ed25519' };

/** What one library has done so far, and what its user stream told. */
interface Progress {
  readonly rig: Rig;
  readonly sdk: Sdk;
  readonly keys: Keys;
  readonly fills: Map<string, number>;
  /** Resolves when the user stream has told a fill of the order. */
  filled(orderId: string): Promise<number>;
  orderId: string;
}

interface Operation {
  readonly name: string;
  readonly run: (progress: Progress) => Promise<void>;
}

const MINUTE = 60_000;

/** Done in this order; each is held against what the exchange itself knows. */
export const OPERATIONS: readonly Operation[] = [
  {
    name: 'download klines',
    run: async ({ sdk, rig }) => {
      const rows = await sdk.klines(3);
      deepStrictEqual(
        rows,
        [2, 1, 0].map((back) => ({ time: rig.lastClosed - back * MINUTE, close: 50_100 - back })),
      );
    },
  },
  {
    name: 'receive a market stream',
    run: async ({ sdk, rig }) => strictEqual(await rig.pushUntil('50100.5', sdk.firstTrade()), 50_100.5),
  },
  {
    name: 'open the user data stream',
    run: async ({ sdk, fills, rig }) => {
      await sdk.openUserStream((orderId, quantity) => fills.set(orderId, (fills.get(orderId) ?? 0) + quantity));
      await rig.subscribed();
    },
  },
  {
    name: 'place a limit order',
    run: async (progress) => {
      const { sdk, rig, keys } = progress;
      progress.orderId = await sdk.placeLimit('buy', 0.01, 49_000);
      const [order] = rig.exchange.orders(keys.apiKey);
      strictEqual(order?.['orderId'], Number(progress.orderId));
      strictEqual(order?.['status'], 'NEW');
      strictEqual(order?.['price'], '49000.00000000');
      strictEqual(order?.['origQty'], '0.01000000');
    },
  },
  {
    name: 'list open orders',
    run: async ({ sdk, orderId }) => deepStrictEqual(await sdk.openOrders(), [orderId]),
  },
  {
    name: 'cancel an order',
    run: async ({ sdk, orderId, rig, keys }) => {
      await sdk.cancel(orderId);
      strictEqual(rig.exchange.orders(keys.apiKey)[0]?.['status'], 'CANCELED');
      deepStrictEqual(await sdk.openOrders(), []);
    },
  },
  {
    name: 'place a market order',
    run: async (progress) => {
      const { sdk, rig, keys } = progress;
      progress.orderId = await sdk.placeMarket('buy', 0.02);
      const order = rig.exchange.orders(keys.apiKey).find(({ orderId }) => orderId === Number(progress.orderId));
      strictEqual(order?.['status'], 'FILLED');
      strictEqual(order?.['executedQty'], '0.02000000');
    },
  },
  {
    name: 'receive the fill on the user data stream',
    run: async ({ filled, orderId }) => strictEqual(await filled(orderId), 0.02),
  },
  {
    name: 'place an order over the WebSocket API',
    run: async ({ sdk, filled, rig, keys }) => {
      strictEqual(await filled(await sdk.placeOverSocket('sell', 0.015)), 0.015);
      strictEqual(rig.exchange.allTrades(keys.apiKey).length, 2);
    },
  },
];

/** Runs all operations with one library and one kind of key, on an exchange of its own. */
export async function conform(candidate: Candidate, kind: KeyKind, each: (operation: string) => void): Promise<void> {
  const rig = await openRig();
  const sdk = await candidate.open(rig, rig[kind]);
  const fills = new Map<string, number>();
  const filled = async (orderId: string): Promise<number> => {
    while (!fills.has(orderId)) await new Promise((resolve) => setTimeout(resolve, 5));
    return fills.get(orderId) ?? 0;
  };
  const progress: Progress = { rig, sdk, keys: rig[kind], fills, filled, orderId: '' };
  try {
    for (const { name, run } of OPERATIONS) {
      await run(progress).catch((cause: unknown) => {
        throw new Error(`${candidate.name} with an ${KEY_KINDS[kind]} key could not ${name}: ${String(cause)}`, {
          cause,
        });
      });
      each(name);
    }
  } finally {
    await sdk.close();
    await rig.close();
  }
}

import type { binance as BinancePro } from 'ccxt';
import type { Keys, Rig, Sdk } from './rig.ts';

/** ccxt: one entry for all exchanges; each string in its table of addresses is replaced. */
export async function ccxtSdk(rig: Rig, { apiKey, secret }: Keys): Promise<Sdk> {
  const { server } = rig;
  const { pro } = await import('ccxt');
  const exchange: BinancePro = new pro.binance({ apiKey, secret, options: { fetchMarkets: { types: ['spot'] } } });
  const urls = exchange.urls as { api: Record<string, unknown> };
  urls.api = Object.fromEntries(Object.entries(urls.api).map(([name, url]) => [name, local(url, server.rest)]));
  urls.api['ws'] = localSockets(urls.api['ws'], server.ws);
  // Without this call ccxt refuses addresses without TLS.
  await (exchange as unknown as { loadHttpProxyAgent(): Promise<void> }).loadHttpProxyAgent();
  await exchange.loadMarkets();
  const symbol = 'BTC/USDT';
  let watching = true;
  return {
    name: 'ccxt',
    async klines(limit) {
      const rows = await exchange.fetchOHLCV(symbol, '1m', undefined, limit);
      return rows.map(([time, , , , close]) => ({ time: Number(time), close: Number(close) }));
    },
    async firstTrade() {
      const [trade] = await exchange.watchTrades(symbol);
      return Number(trade?.price);
    },
    async openUserStream(onFill) {
      const known = new Set<string>();
      const watch = async (): Promise<void> => {
        while (watching) {
          for (const trade of await exchange.watchMyTrades(symbol)) {
            if (known.has(String(trade.id))) continue;
            known.add(String(trade.id));
            onFill(String(trade.order), Number(trade.amount));
          }
        }
      };
      watch().catch((error: unknown) => {
        if (watching) throw error;
      });
      // Resolves with the first trade only, so the rig says when the subscription is there.
      await rig.subscribed();
    },
    async placeLimit(side, quantity, price) {
      return String((await exchange.createOrder(symbol, 'limit', side, quantity, price)).id);
    },
    placeMarket: async (side, quantity) => String((await exchange.createOrder(symbol, 'market', side, quantity)).id),
    openOrders: async () => (await exchange.fetchOpenOrders(symbol)).map(({ id }) => String(id)),
    async cancel(orderId) {
      await exchange.cancelOrder(orderId, symbol);
    },
    async placeOverSocket(side, quantity) {
      return String((await exchange.createOrderWs(symbol, 'market', side, quantity)).id);
    },
    async close() {
      watching = false;
      await exchange.close();
    },
  };
}

function local(url: unknown, rest: string): unknown {
  if (typeof url !== 'string') return url;
  return `${rest}${new URL(url).pathname.replace(/\/$/, '')}`;
}

function localSockets(urls: unknown, ws: string): unknown {
  if (typeof urls === 'string') return `${ws}${new URL(urls).pathname}`;
  return Object.fromEntries(Object.entries(urls as object).map(([name, url]) => [name, localSockets(url, ws)]));
}

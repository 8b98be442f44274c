import { MainClient, WebsocketAPIClient, WebsocketClient } from 'binance';
import type { Keys, Rig, Sdk } from './rig.ts';

/** `binance` (sieblyio): `wsUrl` is the origin only, the library appends `/stream` and `/ws-api/v3` itself. */
export async function binanceSdk({ server }: Rig, { apiKey, secret }: Keys): Promise<Sdk> {
  const keys = { api_key: apiKey, api_secret: secret };
  const silent = { trace: () => undefined, info: () => undefined, error: () => undefined };
  const rest = new MainClient({ ...keys, baseUrl: server.rest });
  const streams = new WebsocketClient({ wsUrl: server.ws, beautify: true }, silent);
  const api = new WebsocketAPIClient(
    { ...keys, wsUrl: server.ws, beautify: true, attachEventListeners: false },
    silent,
  );
  const symbol = 'BTCUSDT';
  const timed = () => ({ timestamp: Date.now() });
  return {
    name: 'binance',
    async klines(limit) {
      const rows = await rest.getKlines({ symbol, interval: '1m', limit });
      return rows.map(([time, , , , close]) => ({ time, close: Number(close) }));
    },
    async firstTrade() {
      const trade = new Promise<number>((resolve) => {
        streams.on('formattedMessage', (event) => {
          const { eventType, price } = event as { eventType?: string; price?: number };
          if (eventType === 'trade') resolve(Number(price));
        });
      });
      await streams.subscribeSpotTrades(symbol);
      return trade;
    },
    async openUserStream(onFill) {
      api.getWSClient().on('formattedUserDataMessage', (event) => {
        if (event.eventType === 'executionReport' && event.executionType === 'TRADE') {
          onFill(String(event.orderId), event.lastTradeQuantity);
        }
      });
      await api.subscribeUserDataStream('mainWSAPI');
    },
    async placeLimit(side, quantity, price) {
      const upper = side === 'buy' ? 'BUY' : 'SELL';
      const order = await rest.submitNewOrder({
        symbol,
        side: upper,
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity,
        price,
      });
      return String(order.orderId);
    },
    async placeMarket(side, quantity) {
      const order = await rest.submitNewOrder({
        symbol,
        side: side === 'buy' ? 'BUY' : 'SELL',
        type: 'MARKET',
        quantity,
      });
      return String(order.orderId);
    },
    openOrders: async () => (await rest.getOpenOrders({ symbol })).map(({ orderId }) => String(orderId)),
    async cancel(orderId) {
      await rest.cancelOrder({ symbol, orderId: Number(orderId) });
    },
    async placeOverSocket(side, quantity) {
      const upper = side === 'buy' ? 'BUY' : 'SELL';
      const answer = await api.submitNewSpotOrder({ symbol, side: upper, type: 'MARKET', quantity, ...timed() });
      return String(answer.result.orderId);
    },
    async close() {
      streams.closeAll(true);
      await api.disconnectAll();
    },
  };
}

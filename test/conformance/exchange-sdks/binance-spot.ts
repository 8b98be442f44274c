import type { ConfigurationSpot } from '@binance/spot';
import type { Keys, Rig, Sdk } from './rig.ts';

/** `@binance/spot`, Binance's own: `basePath` for REST, one `wsURL` for streams and one for the WebSocket API. */
export async function binanceSpotSdk({ server }: Rig, { apiKey, secret }: Keys): Promise<Sdk> {
  // It reports every connection on the console otherwise, and reads this when it is loaded.
  process.env['LOG_LEVEL'] = 'error';
  const { Spot, SpotRestAPI } = await import('@binance/spot');
  const credentials = secret.includes('PRIVATE KEY') ? { privateKey: secret } : { apiSecret: secret };
  // The library declares classes where it takes plain objects.
  const configuration: unknown = {
    configurationRestAPI: { apiKey, ...credentials, basePath: server.rest, timeout: 5_000 },
    configurationWebsocketAPI: { apiKey, ...credentials, wsURL: server.wsApi },
    configurationWebsocketStreams: { wsURL: server.ws },
  };
  const client = new Spot(configuration as ConfigurationSpot);
  const symbol = 'BTCUSDT';
  const streams = await client.websocketStreams.connect();
  const api = await client.websocketAPI.connect();
  return {
    name: '@binance/spot',
    async klines(limit) {
      const rows = await (
        await client.restAPI.klines({ symbol, interval: SpotRestAPI.KlinesIntervalEnum.INTERVAL_1m, limit })
      ).data();
      return rows.map((row) => ({ time: Number(row[0]), close: Number(row[4]) }));
    },
    async firstTrade() {
      return new Promise((resolve) => {
        streams.trade({ symbol: 'btcusdt' }).on('message', (event) => resolve(Number(event.p)));
      });
    },
    async openUserStream(onFill) {
      const { stream } = await api.userDataStreamSubscribeSignature();
      stream.on('message', (event) => {
        const report = event as { e?: string; x?: string; i?: number | bigint; l?: string };
        if (report.e === 'executionReport' && report.x === 'TRADE') onFill(String(report.i), Number(report.l));
      });
    },
    async placeLimit(side, quantity, price) {
      const order = {
        symbol,
        side: side === 'buy' ? 'BUY' : 'SELL',
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity,
        price,
      };
      return String((await (await client.restAPI.newOrder(order as never)).data()).orderId);
    },
    async placeMarket(side, quantity) {
      const order = { symbol, side: side === 'buy' ? 'BUY' : 'SELL', type: 'MARKET', quantity };
      return String((await (await client.restAPI.newOrder(order as never)).data()).orderId);
    },
    async openOrders() {
      const orders = await (await client.restAPI.getOpenOrders({ symbol })).data();
      return orders.map(({ orderId }) => String(orderId));
    },
    async cancel(orderId) {
      await client.restAPI.deleteOrder({ symbol, orderId: Number(orderId) });
    },
    async placeOverSocket(side, quantity) {
      const order = { symbol, side: side === 'buy' ? 'BUY' : 'SELL', type: 'MARKET', quantity };
      const { data } = await api.orderPlace(order as never);
      return String((data as { orderId?: number }).orderId);
    },
    async close() {
      await streams.disconnect();
      await api.disconnect();
    },
  };
}

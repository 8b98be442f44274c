/** Where a feed asks and listens: the addresses before `/api/v3` and before `/stream`. */
export interface FeedEndpoints {
  readonly rest: string;
  readonly ws: string;
}

export type EndpointPreset = 'binance' | 'binance-testnet' | 'binance-demo';

/** Market data without a key. Testnet has prices of its own; demo follows those of the real market. */
const PRESETS: Readonly<Record<EndpointPreset, FeedEndpoints>> = {
  binance: { rest: 'https://data-api.binance.vision', ws: 'wss://data-stream.binance.vision' },
  'binance-testnet': { rest: 'https://testnet.binance.vision', ws: 'wss://stream.testnet.binance.vision' },
  'binance-demo': { rest: 'https://demo-api.binance.com', ws: 'wss://demo-stream.binance.com' },
};

/** The addresses that `params.endpoints` of a `binance-live` feed names, without a slash at their end. */
export function feedEndpoints(given: EndpointPreset | FeedEndpoints): FeedEndpoints {
  const { rest, ws } = typeof given === 'string' ? PRESETS[given] : given;
  return { rest: rest.replace(/\/+$/, ''), ws: ws.replace(/\/+$/, '') };
}

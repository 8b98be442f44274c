import type { Bars } from '../../src/core/bars.ts';
import { syntheticRules } from '../../src/data/synthetic/index.ts';

/** An exchangeInfo answer with the filters that real ones have, among them one that no client knows. */
export function exchangeInfo(markets: readonly Bars[], serverTime: number, weightLimit: number): unknown {
  const symbols = [...new Set(markets.map((bars) => bars.symbol))];
  return {
    timezone: 'UTC',
    serverTime,
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: weightLimit },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
      { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
    ],
    exchangeFilters: [],
    symbols: symbols.map(symbolRow),
  };
}

function symbolRow(symbol: string): unknown {
  const { base, quote, priceTick, lotStep, minNotional } = syntheticRules(symbol);
  const decimal = (value: number): string => value.toFixed(8);
  return {
    symbol,
    status: 'TRADING',
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    isSpotTradingAllowed: true,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: decimal(priceTick),
        maxPrice: '1000000.00000000',
        tickSize: decimal(priceTick),
      },
      { filterType: 'LOT_SIZE', minQty: decimal(lotStep), maxQty: '9000.00000000', stepSize: decimal(lotStep) },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '500.00000000', stepSize: '0.00000000' },
      {
        filterType: 'NOTIONAL',
        minNotional: decimal(minNotional),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
      },
      { filterType: 'T_PLUS_SELL', endTime: 0 },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
  };
}

import { ValvulinError } from '../core/errors.ts';
import { units } from './amount.ts';
import type { FilterChange } from './faults.ts';
import type { ExchangeSymbol, Json, SymbolStatus } from './types.ts';

export const ORDER_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const;

export type OrderType = (typeof ORDER_TYPES)[number];

export const STP_MODES = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH', 'DECREMENT', 'TRANSFER'] as const;

export type StpMode = (typeof STP_MODES)[number];

/** Minutes of the average price that the filters use. */
const AVERAGE_MINUTES = 5;
const USUAL = {
  minPrice: '0.00000001',
  maxPrice: '1000000.00000000',
  maxQty: '9000000.00000000',
  minNotional: '5.00000000',
  maxNotional: '9000000.00000000',
  commission: '0.00100000',
  maxOrders: 200,
  maxAlgoOrders: 5,
  maxIcebergOrders: 10,
  maxOrderLists: 20,
  maxAmends: 10,
  icebergParts: 100,
  trailingDelta: { min: 10, max: 2000 },
  percentPrice: { bidUp: '5', bidDown: '0.2', askUp: '5', askDown: '0.2' },
} as const;

/** The rules of one symbol in units of 1e-8; filters may change while the exchange runs. */
export class SymbolRules {
  readonly name: string;
  readonly base: string;
  readonly quote: string;
  readonly takerRate: bigint;
  readonly makerRate: bigint;
  status: SymbolStatus;
  tick: bigint;
  step: bigint;
  minPrice: bigint;
  readonly maxPrice: bigint;
  minQty: bigint;
  readonly maxQty: bigint;
  minNotional: bigint;
  readonly maxNotional: bigint;
  readonly marketLot: { readonly minQty: bigint; readonly maxQty: bigint; readonly step: bigint };
  readonly percentPrice: {
    readonly bidUp: bigint;
    readonly bidDown: bigint;
    readonly askUp: bigint;
    readonly askDown: bigint;
  };
  readonly trailingDelta: { readonly min: number; readonly max: number };
  maxOrders: number;
  maxAlgoOrders: number;
  readonly maxIcebergOrders: number;
  readonly maxOrderLists: number;
  readonly maxAmends: number;
  readonly maxPosition: bigint | null;
  readonly icebergParts = USUAL.icebergParts;

  /** @throws ValvulinError `VLV_EXCHANGE_SETUP` where a step or a size is impossible */
  constructor(spec: ExchangeSymbol) {
    this.name = spec.name;
    this.base = spec.base;
    this.quote = spec.quote;
    this.takerRate = units(spec.takerCommission ?? USUAL.commission);
    this.makerRate = units(spec.makerCommission ?? USUAL.commission);
    this.status = spec.status ?? 'TRADING';
    this.tick = positive(spec.tickSize, 'tickSize', spec);
    this.step = positive(spec.stepSize, 'stepSize', spec);
    this.minPrice = units(spec.minPrice ?? spec.tickSize);
    this.maxPrice = units(spec.maxPrice ?? USUAL.maxPrice);
    this.minQty = units(spec.minQty ?? spec.stepSize);
    this.maxQty = units(spec.maxQty ?? USUAL.maxQty);
    this.minNotional = units(spec.minNotional ?? USUAL.minNotional);
    this.maxNotional = units(spec.maxNotional ?? USUAL.maxNotional);
    const lot = spec.marketLot ?? { minQty: '0', maxQty: spec.maxQty ?? USUAL.maxQty, stepSize: '0' };
    this.marketLot = { minQty: units(lot.minQty), maxQty: units(lot.maxQty), step: units(lot.stepSize) };
    const percent = spec.percentPrice ?? USUAL.percentPrice;
    this.percentPrice = {
      bidUp: units(percent.bidUp),
      bidDown: units(percent.bidDown),
      askUp: units(percent.askUp),
      askDown: units(percent.askDown),
    };
    this.trailingDelta = spec.trailingDelta ?? USUAL.trailingDelta;
    this.maxOrders = spec.maxOrders ?? USUAL.maxOrders;
    this.maxAlgoOrders = spec.maxAlgoOrders ?? USUAL.maxAlgoOrders;
    this.maxIcebergOrders = spec.maxIcebergOrders ?? USUAL.maxIcebergOrders;
    this.maxOrderLists = spec.maxOrderLists ?? USUAL.maxOrderLists;
    this.maxAmends = spec.maxAmends ?? USUAL.maxAmends;
    this.maxPosition = spec.maxPosition === undefined ? null : units(spec.maxPosition);
  }

  change(change: FilterChange): void {
    if (change.tickSize !== undefined) {
      this.tick = units(change.tickSize);
      this.minPrice = this.tick;
    }
    if (change.stepSize !== undefined) this.step = units(change.stepSize);
    if (change.minQty !== undefined) this.minQty = units(change.minQty);
    if (change.minNotional !== undefined) this.minNotional = units(change.minNotional);
    if (change.maxOrders !== undefined) this.maxOrders = change.maxOrders;
    if (change.maxAlgoOrders !== undefined) this.maxAlgoOrders = change.maxAlgoOrders;
  }
}

function positive(text: string, key: string, { name }: ExchangeSymbol): bigint {
  const value = units(text);
  if (value > 0n) return value;
  throw new ValvulinError('VLV_EXCHANGE_SETUP', `Expected a ${key} above 0, got "${text}"`, { where: name });
}

/** The symbol's row of `exchangeInfo`. */
export function symbolRow(rules: SymbolRules, print: (amount: bigint) => string): Json {
  return {
    symbol: rules.name,
    status: rules.status,
    baseAsset: rules.base,
    baseAssetPrecision: 8,
    quoteAsset: rules.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ORDER_TYPES,
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: filterRows(rules, print),
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: STP_MODES.slice(1),
  };
}

function filterRows(rules: SymbolRules, print: (amount: bigint) => string): Json[] {
  const { marketLot, percentPrice, trailingDelta } = rules;
  const rows: Json[] = [
    {
      filterType: 'PRICE_FILTER',
      minPrice: print(rules.minPrice),
      maxPrice: print(rules.maxPrice),
      tickSize: print(rules.tick),
    },
    { filterType: 'LOT_SIZE', minQty: print(rules.minQty), maxQty: print(rules.maxQty), stepSize: print(rules.step) },
    { filterType: 'ICEBERG_PARTS', limit: rules.icebergParts },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: print(marketLot.minQty),
      maxQty: print(marketLot.maxQty),
      stepSize: print(marketLot.step),
    },
    {
      filterType: 'TRAILING_DELTA',
      minTrailingAboveDelta: trailingDelta.min,
      maxTrailingAboveDelta: trailingDelta.max,
      minTrailingBelowDelta: trailingDelta.min,
      maxTrailingBelowDelta: trailingDelta.max,
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: print(percentPrice.bidUp),
      bidMultiplierDown: print(percentPrice.bidDown),
      askMultiplierUp: print(percentPrice.askUp),
      askMultiplierDown: print(percentPrice.askDown),
      avgPriceMins: AVERAGE_MINUTES,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: print(rules.minNotional),
      applyMinToMarket: true,
      maxNotional: print(rules.maxNotional),
      applyMaxToMarket: false,
      avgPriceMins: AVERAGE_MINUTES,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: rules.maxOrders },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: rules.maxOrderLists },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: rules.maxAlgoOrders },
    { filterType: 'MAX_NUM_ICEBERG_ORDERS', maxNumIcebergOrders: rules.maxIcebergOrders },
    { filterType: 'MAX_NUM_ORDER_AMENDS', maxNumOrderAmends: rules.maxAmends },
  ];
  if (rules.maxPosition !== null) rows.push({ filterType: 'MAX_POSITION', maxPosition: print(rules.maxPosition) });
  return rows;
}

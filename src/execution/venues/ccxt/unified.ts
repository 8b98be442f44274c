/**
 * What is used of ccxt, as far as it is used: the package is optional, so its own types cannot be. With `number` set to
 * `String` every amount is a decimal text.
 */
export interface CcxtExchange {
  readonly id: string;
  readonly has: Readonly<Record<string, unknown>>;
  readonly features: Readonly<Record<string, unknown>> | undefined;
  readonly options: Record<string, unknown>;
  readonly markets: Readonly<Record<string, CcxtMarket>>;
  readonly precisionMode: number;
  readonly urls: Record<string, unknown>;
  number: (value: unknown) => unknown;
  milliseconds: () => number;
  fetchImplementation: unknown;
  loadMarkets(reload?: boolean): Promise<unknown>;
  fetchTime(): Promise<unknown>;
  createOrder(
    symbol: string,
    type: 'market' | 'limit',
    side: 'buy' | 'sell',
    amount: string | undefined,
    price: string | undefined,
    params: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  cancelOrder(id: string, symbol: string, params: Readonly<Record<string, unknown>>): Promise<unknown>;
  fetchOrder(id: string | undefined, symbol: string, params: Readonly<Record<string, unknown>>): Promise<unknown>;
  fetchOpenOrders(symbol?: string): Promise<unknown>;
  fetchMyTrades(
    symbol: string,
    since?: number,
    limit?: number,
    params?: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  fetchTrades(symbol: string, since?: number, limit?: number): Promise<unknown>;
  fetchBalance(): Promise<unknown>;
}

export interface CcxtMarket {
  readonly id: string;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly spot: boolean;
  readonly active: boolean | undefined;
  readonly precision: { readonly price: unknown; readonly amount: unknown };
  readonly limits: { readonly cost?: { readonly min?: unknown } };
}

export type CcxtModule = Readonly<Record<string, unknown>>;

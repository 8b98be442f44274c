import type { InstrumentRules } from '../../src/core/instrument.ts';
import type {
  Lookup,
  Outcome,
  SpotVenue,
  VenueBalance,
  VenueCapabilities,
  VenueOco,
  VenueOrder,
  VenueReport,
  VenueStream,
  VenueTrade,
} from '../../src/execution/venues/venue.ts';

type Answer = 'accepted' | 'rejected' | 'in_doubt' | 'lost';

/**
 * A spot exchange of a few lines: open orders, balances and trades, market sales that fill at once at 100, and answers
 * that a test scripts. `lost` did happen, and is in doubt for who asked; `in_doubt` did not happen.
 */
export class ScriptedVenue implements SpotVenue {
  readonly name = 'scripted';
  readonly capabilities: VenueCapabilities = { stopMarket: true, oco: true, deadlineMs: 5_000 };
  readonly open: VenueReport[] = [];
  readonly ended: VenueReport[] = [];
  readonly done: VenueTrade[] = [];
  readonly wallet = new Map<string, VenueBalance>();
  /** Every request that changes something, in order. */
  readonly requests: string[] = [];
  /** Answers to the next requests; `accepted` where there is none. */
  answers: Answer[] = [];
  onRequest: () => void = () => undefined;

  /** Puts an order on the book. */
  addOrder(symbol: string, side: 'BUY' | 'SELL', clientId: string, listClientId: string | null = null): void {
    const amounts = { quantity: '1', filled: '0', time: 1, status: 'working', detail: 'NEW' } as const;
    this.open.push({ symbol, side, clientId, listClientId, orderId: this.open.length + 1, ...amounts });
  }

  trade(trade: Pick<VenueTrade, 'symbol' | 'tradeId' | 'side' | 'quantity' | 'orderId'> & Partial<VenueTrade>): void {
    const rest = {
      clientId: null,
      price: '100',
      quoteQuantity: '0',
      fee: '0',
      feeAsset: 'USDT',
      maker: false,
      time: 1,
    };
    this.done.push({ ...rest, ...trade });
  }

  async rules(symbols: readonly string[]): Promise<readonly InstrumentRules[]> {
    return symbols.map((symbol) => {
      const base = symbol.replace('USDT', '');
      return { symbol, base, quote: 'USDT', priceTick: 0.01, lotStep: 0.001, minNotional: 5, source: 'exchange' };
    });
  }

  async place(order: VenueOrder): Promise<Outcome<VenueReport>> {
    const { symbol, side, clientId, quantity = '0' } = order;
    const answer = this.#ask(`place ${symbol} ${side} ${quantity} ${clientId}`);
    const report: VenueReport = {
      symbol,
      side,
      clientId,
      listClientId: null,
      orderId: 900,
      status: 'filled',
      detail: 'FILLED',
      quantity,
      filled: quantity,
      time: 1,
    };
    if (answer === 'rejected')
      return { kind: 'rejected', code: -2010, reason: 'insufficient balance', cure: 'balance' };
    if (answer !== 'in_doubt') this.ended.push(report);
    return answer === 'accepted' ? { kind: 'accepted', value: report } : { kind: 'in_doubt', reason: 'timeout' };
  }

  async placeOco(_list: VenueOco): Promise<Outcome<readonly VenueReport[]>> {
    throw new Error('Not scripted');
  }

  async cancel(symbol: string, clientId: string, list: boolean): Promise<Outcome<readonly VenueReport[]>> {
    const answer = this.#ask(`cancel ${list ? 'list ' : ''}${symbol} ${clientId}`);
    if (answer === 'in_doubt') return { kind: 'in_doubt', reason: 'timeout' };
    const gone = this.open.filter((order) => (list ? order.listClientId : order.clientId) === clientId);
    if (answer === 'rejected' || gone.length === 0) {
      return { kind: 'rejected', code: -2011, reason: 'Unknown order sent.', cure: 'unknown_order' };
    }
    for (const order of gone) this.open.splice(this.open.indexOf(order), 1);
    return answer === 'accepted' ? { kind: 'accepted', value: gone } : { kind: 'in_doubt', reason: 'reset' };
  }

  async order(_symbol: string, clientId: string): Promise<Lookup> {
    const report = [...this.open, ...this.ended].find((order) => order.clientId === clientId);
    return report ? { kind: 'found', report } : { kind: 'absent', at: 1 };
  }

  async openOrders(): Promise<readonly VenueReport[]> {
    return [...this.open];
  }

  async trades(symbol: string, fromId: number): Promise<readonly VenueTrade[]> {
    return this.done.filter((trade) => trade.symbol === symbol && trade.tradeId >= fromId);
  }

  async balances(): Promise<ReadonlyMap<string, VenueBalance>> {
    return this.wallet;
  }

  time(): number {
    return 1;
  }

  stream(): VenueStream {
    throw new Error('Not scripted');
  }

  #ask(request: string): Answer {
    this.requests.push(request);
    this.onRequest();
    return this.answers.shift() ?? 'accepted';
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Costs } from '../../src/core/costs.ts';
import { Instrument, Market } from '../../src/core/instrument.ts';
import { Ledger } from '../../src/core/ledger.ts';
import type { ApprovedOrder, EndFact, FillFact } from '../../src/core/order.ts';
import { OrderBook } from '../../src/core/order-book.ts';
import { DEFAULT_COSTS } from '../../src/core/settings.ts';
import type { TradeSignal } from '../../src/core/signal.ts';
import { type PortfolioSlot, runPortfolio } from '../../src/execution/portfolio.ts';
import { tradesHash } from '../../src/runs/hashes.ts';
import { randomRuns } from './random-runs.ts';

const RUNS = { numRuns: 300, seed: 20_260_401 };
const HOUR = 3_600_000;

describe('random runs of the whole engine', () => {
  const ends = fc.constantFrom('close' as const, 'keep' as const);
  const decides = fc.constantFrom('open' as const, 'close' as const);

  test('what the trades earned is what the account gained, and the slots share it out', () => {
    let trades = 0;
    fc.assert(
      fc.property(randomRuns({ slippageBps: 150 }), ends, decides, ({ spec }, atEnd, fillAt) => {
        const result = runPortfolio({ ...spec, fills: { ...spec.fills, atEnd, fillAt } });
        const { portfolio } = result;
        trades += portfolio.trades.length;
        const earned = portfolio.trades.reduce((sum, trade) => sum + trade.profit, 0);
        expect(portfolio.finalEquity - spec.capital).toBeCloseTo(earned, 6);
        const shares = result.slots.reduce((sum, slot) => sum + slot.finalEquity - spec.capital, 0);
        expect(shares).toBeCloseTo(earned, 6);
        if (atEnd === 'close') expect(portfolio.trades.filter((trade) => trade.open)).toEqual([]);
      }),
      RUNS,
    );
    expect(trades).toBeGreaterThan(1_500);
  });

  test('nothing fills outside its bar before slippage', () => {
    fc.assert(
      fc.property(randomRuns(), ({ spec, bars }) => {
        for (const fill of runPortfolio(spec).portfolio.fills) {
          const own = bars.find(({ symbol }) => symbol === fill.symbol) ?? bars[0];
          const bar = own.at(Math.floor(fill.time / HOUR));
          expect(fill.price).toBeLessThanOrEqual(bar?.high ?? Number.NaN);
          expect(fill.price).toBeGreaterThanOrEqual(bar?.low ?? Number.NaN);
        }
      }),
      RUNS,
    );
  });

  test('without shorts the cash never falls below zero, nor does anything held', () => {
    fc.assert(
      fc.property(randomRuns({ shorts: false, slippageBps: 150 }), ({ spec }) => {
        let cash = spec.capital;
        const held = new Map<string, number>();
        for (const { side, quantity, price, fee, strategy } of runPortfolio(spec).portfolio.fills) {
          const signed = side === 'BUY' ? quantity : -quantity;
          cash -= signed * price + fee;
          held.set(strategy, (held.get(strategy) ?? 0) + signed);
          expect(cash).toBeGreaterThan(-1e-6);
          expect(held.get(strategy)).toBeGreaterThanOrEqual(0);
        }
      }),
      RUNS,
    );
  });

  test('the future does not change the past', () => {
    fc.assert(
      fc.property(randomRuns({ slippageBps: 150 }), fc.integer({ min: 1, max: 39 }), ({ spec }, cut) => {
        const until = cut * HOUR;
        const fillsBefore = (slots: readonly PortfolioSlot[]) =>
          runPortfolio({ ...spec, slots, fills: { ...spec.fills, atEnd: 'keep' } }).portfolio.fills.filter(
            ({ time }) => time < until,
          );
        const early = (signal: TradeSignal): boolean => Number(signal.timestamp) < until;
        const short = spec.slots.map((slot): PortfolioSlot => {
          const { decisions } = slot;
          if (decisions.kind !== 'orders') return slot;
          return {
            ...slot,
            bars: slot.bars.slice(0, cut),
            decisions: { ...decisions, orders: decisions.orders.filter(early) },
          };
        });
        expect(fillsBefore(short)).toEqual(fillsBefore(spec.slots));
      }),
      RUNS,
    );
  });

  test('the same run again gives the same hash', () => {
    fc.assert(
      fc.property(randomRuns(), ({ spec }) => {
        const hash = () => tradesHash(runPortfolio(spec).portfolio.trades);
        expect(hash()).toBe(hash());
      }),
      { ...RUNS, numRuns: 50 },
    );
  });
});

describe('facts of an order', () => {
  const intent = { id: 1, quantity: 10, price: 0 } as ApprovedOrder;
  const fill = fc.record({ tradeId: fc.integer({ min: 1, max: 4 }), complete: fc.boolean() }).map(
    ({ tradeId, complete }): FillFact => ({
      tradeId,
      orderId: 1,
      quantity: tradeId,
      price: 100,
      fee: 0,
      feeQuantity: 0,
      time: tradeId,
      at: 'open',
      ambiguous: false,
      complete,
    }),
  );
  const end = fc
    .record({ status: fc.constantFrom('canceled', 'expired', 'rejected'), time: fc.nat(3) })
    .map(({ status, time }): EndFact => ({ orderId: 1, status, reason: status, time }));
  const state = (facts: readonly (FillFact | EndFact)[]) => {
    const book = new OrderBook();
    const order = book.add(intent);
    for (const fact of facts) {
      if ('tradeId' in fact) book.addFill(fact);
      else book.addEnd(fact);
    }
    return [book.status(order), book.filled(order), book.endReason(order), book.fills()];
  };

  test('may come in any order, and twice', () => {
    const facts = fc
      .tuple(fc.uniqueArray(fill, { selector: (f) => f.tradeId, maxLength: 4 }), fc.array(end, { maxLength: 3 }))
      .map(([fills, ends]): (FillFact | EndFact)[] => [...fills, ...ends]);
    fc.assert(
      fc.property(
        facts.chain((known) =>
          fc.tuple(fc.constant(known), fc.shuffledSubarray([...known, ...known], { minLength: 2 * known.length })),
        ),
        ([known, shuffled]) => {
          expect(state(shuffled)).toEqual(state(known));
        },
      ),
      { numRuns: 1_000, seed: 1 },
    );
  });
});

describe('money', () => {
  const CASH = 8;
  const instrument = (priceDecimals: number, lotDecimals: number) =>
    new Instrument({
      symbol: 'X',
      base: 'X',
      quote: 'USD',
      priceTick: 10 ** -priceDecimals,
      lotStep: 10 ** -lotDecimals,
      minNotional: 0,
      source: 'given',
    });

  test('the ledger equals arbitrary-precision arithmetic to the last unit', () => {
    const fills = fc.array(
      fc.record({
        buy: fc.boolean(),
        price: fc.integer({ min: 1, max: 9_999_999 }),
        quantity: fc.integer({ min: 1, max: 99_999_999 }),
        fee: fc.nat(1_000_000),
        /** Thousandths of a purchase that the exchange keeps as its fee. */
        keeps: fc.constantFrom(0, 0, 1, 250),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(fills, fc.constantFrom(2, 4), fc.constantFrom(3, 8), (facts, priceDecimals, lotDecimals) => {
        const ledger = new Ledger(1_000_000 * 10 ** CASH, [new Market(instrument(priceDecimals, lotDecimals), CASH)]);
        let cash = BigInt(ledger.cash);
        let held = 0n;
        let profit = 0n;
        const shift = CASH - priceDecimals - lotDecimals;
        const value = (price: number, quantity: bigint, up: boolean): bigint => {
          const product = BigInt(price) * quantity * (shift > 0 ? 10n ** BigInt(shift) : 1n);
          const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
          return product / divisor + (up && product % divisor > 0n ? 1n : 0n);
        };
        for (const { buy, price, quantity, fee, keeps } of facts) {
          const cap = (BigInt(quantity) * 1_000_000n) / BigInt(price * 10 ** (8 - lotDecimals)) + 1n;
          const amount = Number(cap < BigInt(quantity) ? cap : BigInt(quantity));
          const side = buy ? 1 : -1;
          const signed = BigInt(side * amount);
          const against = held !== 0n && held > 0n !== signed > 0n;
          const abs = (n: bigint): bigint => (n < 0n ? -n : n);
          const closing = against ? (abs(held) < abs(signed) ? abs(held) : abs(signed)) : 0n;
          for (const part of [closing, abs(signed) - closing]) cash -= BigInt(side) * value(price, part, buy);
          cash -= BigInt(fee);
          held += signed;
          const opening = abs(signed) - closing;
          const feeQuantity = buy ? (opening * BigInt(keeps)) / 1_000n : 0n;
          held -= feeQuantity;
          const closed = ledger.book({
            slot: 0,
            side,
            quantity: amount,
            price,
            fee,
            feeQuantity: Number(feeQuantity),
            time: 0,
            bar: 0,
            stop: 0,
            target: 0,
            tag: null,
          });
          for (const part of closed) profit += BigInt(part.side * (part.proceeds - part.cost) - part.fees);
          expect(BigInt(ledger.cash)).toBe(cash);
          expect(BigInt(ledger.positions[0].quantity)).toBe(held);
        }
        const open = ledger.positions[0].lots.reduce(
          (sum, lot) => sum - BigInt(ledger.positions[0].side * lot.cost + lot.fee),
          0n,
        );
        expect(BigInt(1_000_000 * 10 ** CASH) + profit + open).toBe(cash);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  test('all-in leaves less than the next lot and its fee would cost', () => {
    const amounts = fc.record({
      budget: fc.integer({ min: 1, max: 10 ** 13 }),
      price: fc.integer({ min: 1, max: 10_000_000 }),
      takerPct: fc.constantFrom(0, 0.0375, 0.1, 2.5),
      fixedFee: fc.constantFrom(0, 0.5),
      minFee: fc.constantFrom(0, 3),
    });
    fc.assert(
      fc.property(amounts, ({ budget, price, ...fees }) => {
        const market = new Market(instrument(2, 5), CASH);
        const costs = new Costs({ ...DEFAULT_COSTS, ...fees }, CASH);
        const quantity = market.affordable(price, costs.afterFee(budget, false));
        const cost = (units: number): number => {
          const notional = market.notionalUp(price, units);
          return notional + costs.fee(notional, false);
        };
        if (quantity > 0) expect(cost(quantity)).toBeLessThanOrEqual(budget);
        expect(cost(quantity + market.instrument.lot)).toBeGreaterThan(budget);
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });
});

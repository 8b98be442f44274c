import { describe, expect, it } from 'vitest';
import { ScriptedVenue } from '../../test/servers/scripted-venue.ts';
import type { Clock } from '../core/ports.ts';
import type { ExchangeFill, Journal, RunManifest } from '../execution/journal/journal.ts';
import { MemoryDisk, openMemoryJournal } from '../execution/journal/memory-disk.ts';
import { parseClientId } from '../execution/live/client-id.ts';
import type { OrderPlan } from '../execution/live/desk-types.ts';
import { kill, type KillOptions, planKill } from './kill.ts';

const NOTHING: KillOptions = { flatten: false, all: false, symbols: null, wholeBalance: false };

/** Every timer fires at once: there is nothing to wait for. */
const clock: Clock = {
  now: () => 1_700_000_000_000,
  monotonic: () => 0,
  after: (_ms, run) => {
    queueMicrotask(run);
    return { cancel: () => undefined };
  },
};

const MANIFEST: RunManifest = {
  started: 0,
  mode: 'live',
  venue: 'scripted',
  configHash: '',
  packageVersion: '',
  nodeVersion: '',
  details: '{}',
};

function account(): { disk: MemoryDisk; engine: Journal; run: number } {
  const disk = new MemoryDisk();
  const engine = openMemoryJournal(disk, 'engine');
  return { disk, engine, run: engine.beginRun(MANIFEST) };
}

function bought(tradeId: number, symbol: string, quantity: string, more: Partial<ExchangeFill> = {}): ExchangeFill {
  const amounts = { price: '100', quantity, quoteQuantity: '0', fee: '0', feeAsset: 'USDT', maker: false };
  return {
    kind: 'fill',
    clientId: 'vvab-1-1-e1',
    time: 1,
    symbol,
    tradeId,
    exchangeId: 10,
    side: 'BUY',
    ...amounts,
    ...more,
  };
}

describe('a kill', () => {
  it('cancels the entries of every engine of ours, keeps what protects, and touches nothing of others', async () => {
    const venue = new ScriptedVenue();
    venue.addOrder('BTCUSDT', 'BUY', 'vvab-1-1-e1');
    venue.addOrder('ETHUSDT', 'BUY', 'vvother-9-1-e1');
    venue.addOrder('BTCUSDT', 'SELL', 'vvab-1-2-s1', 'vvab-1-2-l1');
    venue.addOrder('BTCUSDT', 'SELL', 'vvab-1-3-t1', 'vvab-1-2-l1');
    venue.addOrder('BTCUSDT', 'BUY', 'web_4711');
    const { disk, engine, run } = account();
    const journal = openMemoryJournal(disk, 'kill', true);
    const result = await kill(venue, journal, journal, NOTHING, clock, 'operator ana');
    expect(result).toEqual({ canceled: ['vvab-1-1-e1', 'vvother-9-1-e1'], left: [], sales: [], problems: [] });
    expect(venue.open.map(({ clientId }) => clientId)).toEqual(['vvab-1-2-s1', 'vvab-1-3-t1', 'web_4711']);
    expect(journal.state()).toMatchObject({ state: 'HALT', who: 'operator ana', why: 'kill' });
    // What it sent is in the journal, and the engine cannot send anything any more.
    expect([...journal.intents()].map(({ kind, clientId }) => [kind, clientId])).toEqual([
      ['cancel', 'vvab-1-1-e1'],
      ['cancel', 'vvother-9-1-e1'],
    ]);
    expect(() => engine.input(run, 1, 'operator', '') && engine.flush()).toThrow('has taken it over');
  });

  it('takes the account away before it sends the first cancel', async () => {
    const venue = new ScriptedVenue();
    venue.addOrder('BTCUSDT', 'BUY', 'vvab-1-1-e1');
    const { disk } = account();
    const journal = openMemoryJournal(disk, 'kill', true);
    venue.onRequest = () => expect(journal.state().state).toBe('HALT');
    await kill(venue, journal, journal, NOTHING, clock, 'ana');
    expect(venue.requests).toHaveLength(1);
  });

  it('cancels protection too where all is asked for, pairs as a whole, and only of the symbols that are meant', async () => {
    const venue = new ScriptedVenue();
    venue.addOrder('BTCUSDT', 'SELL', 'vvab-1-2-s1', 'vvab-1-2-l1');
    venue.addOrder('BTCUSDT', 'SELL', 'vvab-1-3-t1', 'vvab-1-2-l1');
    venue.addOrder('ETHUSDT', 'SELL', 'vvab-1-4-s1');
    const options = { ...NOTHING, all: true, symbols: ['BTCUSDT'] };
    const plan = await planKill(venue, null, options);
    expect([plan.cancel.length, plan.keep.length, plan.foreign.length]).toEqual([2, 0, 0]);
    await kill(venue, null, null, options, clock, 'ana');
    expect(venue.requests).toEqual(['cancel list BTCUSDT vvab-1-2-l1']);
    expect(venue.open.map(({ symbol }) => symbol)).toEqual(['ETHUSDT']);
  });

  it('looks again after each cancel, asks again where it is still there, and says what would not go', async () => {
    const venue = new ScriptedVenue();
    venue.addOrder('BTCUSDT', 'BUY', 'vvab-1-1-e1');
    venue.addOrder('BTCUSDT', 'BUY', 'vvab-1-2-e1');
    venue.answers = ['lost', 'in_doubt', 'rejected'];
    expect(await kill(venue, null, null, NOTHING, clock, 'ana')).toMatchObject({ canceled: ['vvab-1-2-e1'], left: [] });
    expect(venue.requests).toHaveLength(4);

    venue.addOrder('BTCUSDT', 'BUY', 'vvab-1-3-e1');
    venue.answers = Array.from({ length: 9 }, () => 'in_doubt' as const);
    expect((await kill(venue, null, null, NOTHING, clock, 'ana')).left).toEqual(['vvab-1-3-e1']);
  });
});

describe('a kill that flattens', () => {
  const FLATTEN = { ...NOTHING, flatten: true };

  it('sells what the books hold, fees in the coin counted, after freeing it, and no more than that', async () => {
    const venue = new ScriptedVenue();
    const { engine, run, disk } = account();
    engine.fact(run, bought(1, 'BTCUSDT', '2', { fee: '0.0015', feeAsset: 'BTC' }));
    engine.fact(run, bought(2, 'BTCUSDT', '0.5', { side: 'SELL' }));
    engine.fact(run, bought(3, 'ETHUSDT', '1'));
    engine.fact(run, bought(4, 'ETHUSDT', '1', { side: 'SELL' }));
    engine.fact(run, bought(5, 'ETHUSDT', '7', { clientId: null }));
    engine.flush();
    venue.addOrder('BTCUSDT', 'SELL', 'vvab-1-2-s1');
    // The wallet holds more: that is somebody else's.
    venue.wallet.set('BTC', { free: '5.00000000', locked: '0' });
    venue.wallet.set('ETH', { free: '9', locked: '0' });
    const journal = openMemoryJournal(disk, 'kill', true);
    const { sales } = await kill(venue, journal, journal, FLATTEN, clock, 'ana');
    expect(sales).toEqual([
      { symbol: 'BTCUSDT', quantity: '1.498', done: true, outcome: expect.stringContaining('sold as order vvkill-') },
    ]);
    expect(venue.requests[0]).toBe('cancel BTCUSDT vvab-1-2-s1');
    expect(venue.requests[1]).toMatch(/^place BTCUSDT SELL 1\.498 vvkill-1-0-x[a-z0-9]+$/);
    expect([...journal.intents()].at(-1)).toMatchObject({ kind: 'place', symbol: 'BTCUSDT' });
  });

  it('books a sale where the engine was going to sell, so that the next one knows of it, for each slot by itself', async () => {
    const venue = new ScriptedVenue();
    const { engine, run, disk } = account();
    const intent = { kind: 'place', symbol: 'BTCUSDT', time: 1 } as const;
    for (const [slot, entry, stop] of [
      [0, 1, 2],
      [1, 5, 6],
    ]) {
      for (const [leg, order] of [
        ['entry', entry],
        ['stop', stop],
      ] as const) {
        const clientId = `vvab-1-${order}-${leg[0]}1`;
        const plan = { clientId, slot, symbol: 'BTCUSDT', group: '', legs: [{ clientId, leg, order }], request: {} };
        engine.attempt(run, [{ ...intent, orderId: order, clientId, payload: JSON.stringify(plan) }]);
      }
      engine.fact(run, bought(slot + 1, 'BTCUSDT', '0.5', { clientId: `vvab-1-${entry}-e1`, exchangeId: entry }));
    }
    engine.flush();
    venue.wallet.set('BTC', { free: '0.75', locked: '0' });
    const journal = openMemoryJournal(disk, 'kill', true);
    const { sales } = await kill(venue, journal, journal, FLATTEN, clock, 'ana');
    expect(sales.map(({ quantity }) => quantity)).toEqual(['0.5', '0.25']);
    const plans = [...journal.intents()].slice(-2).map(({ payload }) => JSON.parse(payload) as OrderPlan);
    expect(plans.map(({ slot, legs }) => [slot, legs[0].leg, legs[0].order])).toEqual([
      [0, 'exit', 2],
      [1, 'exit', 6],
    ]);
    expect(plans.map(({ clientId }) => parseClientId(clientId)?.owner)).toEqual(['ab', 'ab']);
    expect([...journal.facts()].slice(-2).map(({ kind, clientId }) => [kind, clientId])).toEqual(
      plans.map(({ clientId }) => ['ack', clientId]),
    );
  });

  it('counts what was sold since the engine last looked, even where it is not clear by whom', async () => {
    const venue = new ScriptedVenue();
    const { engine, run, disk } = account();
    engine.fact(run, bought(1, 'BTCUSDT', '2'));
    engine.fact(run, { kind: 'ack', clientId: 'vvab-1-9-e1', time: 1, exchangeId: 77 });
    engine.flush();
    venue.wallet.set('BTC', { free: '10', locked: '0' });
    // A stop that filled, somebody's own purchase, and a purchase of ours.
    venue.trade({ symbol: 'BTCUSDT', tradeId: 2, orderId: 50, side: 'SELL', quantity: '1.25' });
    venue.trade({ symbol: 'BTCUSDT', tradeId: 3, orderId: 51, side: 'BUY', quantity: '4' });
    venue.trade({ symbol: 'BTCUSDT', tradeId: 4, orderId: 77, side: 'BUY', quantity: '0.125' });
    const journal = openMemoryJournal(disk, 'kill', true);
    const { sales } = await kill(venue, journal, journal, FLATTEN, clock, 'ana');
    expect(sales[0].quantity).toBe('0.875');
  });

  it('never sells more than is free, and nothing of less than a lot', async () => {
    const venue = new ScriptedVenue();
    const { engine, run, disk } = account();
    engine.fact(run, bought(1, 'BTCUSDT', '2'));
    engine.fact(run, bought(2, 'ETHUSDT', '0.0009'));
    engine.flush();
    venue.wallet.set('BTC', { free: '0.7777', locked: '1' });
    venue.wallet.set('ETH', { free: '3', locked: '0' });
    const journal = openMemoryJournal(disk, 'kill', true);
    const { sales } = await kill(venue, journal, journal, FLATTEN, clock, 'ana');
    expect(sales.map(({ symbol, quantity, done }) => [symbol, quantity, done])).toEqual([
      ['BTCUSDT', '0.777', true],
      ['ETHUSDT', '0', true],
    ]);
    expect(venue.requests).toHaveLength(1);
  });

  it.each([
    ['lost', true, 'sold as order'],
    ['in_doubt', false, 'in doubt: look for order'],
    ['rejected', false, 'refused: insufficient balance'],
  ] as const)('sends a sale once, whatever the answer (%s)', async (answer, done, outcome) => {
    const venue = new ScriptedVenue();
    venue.wallet.set('BTC', { free: '3', locked: '0' });
    venue.answers = [answer];
    const options = { ...FLATTEN, wholeBalance: true, symbols: ['BTCUSDT'] };
    const { sales } = await kill(venue, null, null, options, clock, 'ana');
    expect(sales).toEqual([{ symbol: 'BTCUSDT', quantity: '3', done, outcome: expect.stringContaining(outcome) }]);
    expect(venue.requests).toHaveLength(1);
  });

  it('sells nothing without books, unless it is told to sell all', async () => {
    const venue = new ScriptedVenue();
    venue.wallet.set('BTC', { free: '3', locked: '0' });
    expect((await kill(venue, null, null, FLATTEN, clock, 'ana')).sales).toEqual([]);
  });

  it('goes on where the journal cannot be written, and says so', async () => {
    const venue = new ScriptedVenue();
    const { engine, run, disk } = account();
    engine.fact(run, bought(1, 'BTCUSDT', '2'));
    engine.flush();
    venue.wallet.set('BTC', { free: '2', locked: '0' });
    const books = openMemoryJournal(disk, 'reader', true);
    const journal = openMemoryJournal(disk, 'kill', true);
    disk.failNext('full');
    const { sales, problems } = await kill(venue, books, journal, FLATTEN, clock, 'ana');
    expect(problems).toEqual([expect.stringContaining('the disk is full')]);
    expect(sales).toMatchObject([{ quantity: '2', done: true }]);
  });
});

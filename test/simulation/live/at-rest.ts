import { openMemoryJournal } from '../../../src/execution/journal/memory-disk.ts';
import { API_KEY, MINUTE } from './draw.ts';
import { amount } from './oracle.ts';
import type { EngineLife } from './engine-life.ts';
import type { World } from './world.ts';

/** What must hold once nothing is under way; each line names something that does not. */
export function checkAtRest(world: World, { session, alerts }: EngineLife, live = true): string[] {
  const problems: string[] = [];
  if (!session?.executor) return ['there is no session'];
  const { executor, engineRun, plan } = session;
  const { engine } = engineRun;
  const { oracle } = world;
  const inDoubt = executor.openOrders().filter(({ state }) => state !== 'working');
  if (inDoubt.length > 0) problems.push(`in doubt: ${inDoubt.map(({ clientId }) => clientId).join(', ')}`);
  if (live) {
    for (const { symbol, reason } of engine.risk.gate.blocks()) {
      const told = alerts.some(({ level, detail }) => level === 'critical' && detail.includes(reason));
      if (!told) problems.push(`${symbol ?? 'all symbols'} blocked and nobody was told: ${reason}`);
    }
    if (engine.risk.gate.state !== 'ACTIVE') problems.push(`the state is ${engine.risk.gate.state}`);
  }
  const changes = new Map<string, bigint>();
  const change = (asset: string, by: bigint): void => void changes.set(asset, (changes.get(asset) ?? 0n) + by);
  for (const { symbol, side, quantity, value, fee, feeAsset } of oracle.trades) {
    const sign = side === 'BUY' ? 1n : -1n;
    change(symbol.slice(0, -4), sign * quantity);
    change('USDT', -sign * value);
    change(feeAsset, -fee);
  }
  for (const asset of new Set([...changes.keys(), ...executor.books.assets()])) {
    const books = signed(executor.books.change(asset));
    const there = changes.get(asset) ?? 0n;
    if (books !== there) problems.push(`${asset}: the books changed by ${books}, the exchange by ${there}`);
  }
  for (const symbol of plan.symbols) {
    let held = 0n;
    let counted = 0n;
    engine.slots.forEach(({ spec, index }) => {
      if (spec.symbol !== symbol) return;
      const decimals = 10n ** BigInt(8 - spec.market.instrument.quantityDecimals);
      const position = engine.ledger.positions[index];
      held += BigInt(executor.desks[index].held) * decimals;
      counted += BigInt(position.quantity + position.dust) * decimals;
    });
    const there = oracle.held.get(symbol) ?? 0n;
    if (held !== there) problems.push(`${symbol}: the desks hold ${held}, the exchange says ${there}`);
    if (counted !== there) problems.push(`${symbol}: the engine has ${counted}, the exchange ${there}`);
  }
  if (world.plan.fees !== 'bnb') {
    const cash = BigInt(engine.ledger.cash) * 10n ** BigInt(8 - session.cashDecimals);
    const there = amount(world.plan.config.execution.capital) + oracle.quoteChange;
    const slack = BigInt(2 * oracle.trades.length);
    if (cash > there || there - cash > slack) problems.push(`the cash is ${cash}, by the exchange ${there}`);
  }
  return [
    ...problems,
    ...unprotected(world, session).filter((problem) => !toldOf(problem, alerts)),
    ...fills(world),
    ...bars(world, session),
  ];
}

/** A position that cannot be protected (its stop is worth less than the exchange takes) must at least be told of. */
function toldOf(problem: string, alerts: EngineLife['alerts']): boolean {
  const [symbol] = problem.split(':');
  return alerts.some(
    ({ level, code, detail }) => level === 'critical' && code === 'UNPROTECTED' && detail.startsWith(symbol),
  );
}

/** Positions worth an order that no sell at the exchange covers. */
function unprotected(world: World, session: NonNullable<EngineLife['session']>): string[] {
  const { engine } = session.engineRun;
  return session.plan.symbols.flatMap((symbol) => {
    let wanted = 0;
    const price = Number(world.exchange.book(symbol, 1).bids[0]?.[0] ?? 0);
    for (const { spec, index } of engine.slots) {
      const { quantity, lastPrice } = engine.ledger.positions[index];
      const { market } = spec;
      if (spec.symbol !== symbol || market.notionalDown(lastPrice, quantity) < 1.2 * market.minNotional) continue;
      wanted += market.instrument.quantity(market.instrument.floorLot(quantity));
    }
    // What the owner sold himself cannot be protected.
    const { free = 0n, locked = 0n } = world.exchange.balances(API_KEY).get(symbol.slice(0, -4)) ?? {};
    const lot = Number(session.engineRun.engine.slots[0].spec.market.instrument.rules.lotStep);
    const there = Math.max(0, Number(free + locked) / 1e8 - lot);
    if (wanted > there) wanted = there * price < 6 ? 0 : there;
    const stops = new Map<string, number>();
    for (const order of world.oracle.open()) {
      if (order.symbol !== symbol || order.side !== 'SELL') continue;
      if (!/STOP|MARKET/.test(order.type)) continue;
      stops.set(order.clientId, Number(order.quantity - order.filled) / 1e8);
    }
    const covered = [...stops.values()].reduce((sum, quantity) => sum + quantity, 0);
    return covered >= 0.99 * wanted ? [] : [`${symbol}: ${wanted} is held and ${covered} protected`];
  });
}

/** Each stream saw each bar that the exchange has once and in order; and as it is, where nothing tampered with candles. */
function bars({ disk, plan, exchange }: World, { plan: { streams } }: NonNullable<EngineLife['session']>): string[] {
  const last = new Map<number, number>();
  const exact = (plan.socketFaults.feed ?? []).length === 0;
  for (const [, , , , kind, payload] of disk.sorted('inputs')) {
    if (kind !== 'slice') continue;
    const { bars: rows } = JSON.parse(String(payload)) as { readonly bars: readonly (readonly number[])[] };
    for (const [stream, time, ...prices] of rows) {
      const { symbol, timeframe } = streams[stream];
      const step = timeframe === '1m' ? MINUTE : 3 * MINUTE;
      const before = last.get(stream) ?? time - step;
      if (time <= before) return [`${symbol} ${timeframe}: bar ${time} after ${before}`];
      for (let missed = before + step; missed < time; missed += step) {
        // A halted symbol has no bars.
        if (exchange.kline(symbol, timeframe, missed)?.openTime === missed) {
          return [`${symbol} ${timeframe}: bar ${missed} was never seen`];
        }
      }
      last.set(stream, time);
      const truth = exchange.kline(symbol, timeframe, time);
      const there = [truth?.open, truth?.high, truth?.low, truth?.close].map(Number);
      if (exact && there.some((price, i) => price !== prices[i])) {
        return [`${symbol} ${timeframe}: bar ${time} was seen as ${prices.join(' ')} and is ${there.join(' ')}`];
      }
    }
  }
  return [];
}

/** The journal has each own trade of the exchange once, and no other; and gave each to the engine once. */
function fills(world: World): string[] {
  const { disk, oracle } = world;
  const there = oracle.trades.map(({ symbol, id }) => `${symbol} ${id}`).sort();
  const facts = disk.sorted('facts').filter(([, , , kind]) => kind === 'fill');
  const known = facts.map(([, , key]) => String(key).replace('fill:', '').replace(':', ' ')).sort();
  // What is written is on the disk at the latest after a second.
  return there.join() === known.join() || world.disk.unsynced ? [] : [differ('trades in the journal', known, there)];
}

function differ(what: string, ours: readonly string[], theirs: readonly string[]): string {
  const missing = theirs.filter((one) => !ours.includes(one));
  const invented = ours.filter((one) => !theirs.includes(one));
  return `${what}: ${missing.length} missing (${missing.slice(0, 3).join('; ')}), ${invented.length} invented (${invented.slice(0, 3).join('; ')})`;
}

/** After a clean stop: a sound journal, and only exits at the exchange. */
export function checkStopped(world: World): string[] {
  const journal = openMemoryJournal(world.disk, 'check', true);
  journal.verify();
  const problems: string[] = [];
  for (const { clientId, side } of world.oracle.open()) {
    if (side === 'BUY') problems.push(`${clientId} still stands after the stop`);
    if (!journal.intent(clientId) && !/[st]\w+$/.test(clientId)) problems.push(`${clientId} is in no journal`);
  }
  const ended = journal.runs().at(-1);
  if (ended?.how !== 'stopped') problems.push(`run ${ended?.run} has no end`);
  journal.close();
  return problems;
}

function signed(text: string): bigint {
  return text.startsWith('-') ? -amount(text.slice(1)) : amount(text);
}

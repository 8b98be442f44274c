import { describe, expect, it } from 'vitest';
import { checkConfig, type Config } from '../../core/config/index.ts';
import type { LiveStrategyInfo, LiveStrategySpec } from '../../execution/live-host.ts';
import { planReload } from './reload.ts';
import { Reloader } from './reloader.ts';

const ONE = 'BTCUSDT:1h:one';
const TWO = 'ETHUSDT:1h:two';

function config(change: (raw: Raw) => void = () => undefined): Config {
  const raw: Raw = {
    version: 1,
    data_feeds: [{ name: 'live', type: 'binance-live' }],
    strategies: [
      { name: 'one', symbol: 'BTCUSDT', timeframe: '1h', handler: 'strategies:EMAMACDStrategy', parameters: {} },
      { name: 'two', symbol: 'ETHUSDT', timeframe: '1h', handler: 'strategies:EMAMACDStrategy', parameters: {} },
    ],
    execution: { mode: 'paper', capital: 1_000 },
    logging: { level: 'info' },
  };
  change(raw);
  const checked = checkConfig(raw);
  if (!('config' in checked) || !checked.config) throw new Error(JSON.stringify(checked));
  return checked.config;
}

interface Raw {
  version: number;
  data_feeds: unknown[];
  strategies: Record<string, unknown>[];
  execution: Record<string, unknown>;
  logging: Record<string, unknown>;
}

const running = [ONE, TWO].map((key) => ({ key, enabled: true, problem: null, flat: true }));

describe('a changed config', () => {
  it('takes what is safe, and names the rest', () => {
    const next = config((raw) => {
      raw.strategies[0].parameters = { ema_short: 9 };
      raw.strategies[1].stop = { percent: 2 };
      raw.strategies[1].parameters = { ema_short: 9 };
      raw.strategies.push({ ...raw.strategies[0], name: 'three' });
      raw.execution.capital = 2_000;
      raw.logging.level = 'debug';
    });
    const plan = planReload(config(), next, running);
    expect(plan.load).toEqual([next.strategies[0]]);
    expect(plan.level).toBe('debug');
    expect(plan.refused).toEqual([
      'execution changed: needs a restart',
      `${TWO}: stop changed: needs a restart`,
      'BTCUSDT:1h:three on BTCUSDT was not running at the start: needs a restart',
    ]);
    // What is in effect afterwards is no mixture: the second strategy is as it was.
    expect(plan.config.strategies).toEqual([next.strategies[0], config().strategies[1]]);
    expect(plan.config.execution).toEqual(config().execution);
  });

  it('leaves the parameters of a strategy alone that holds something', () => {
    const next = config((raw) => (raw.strategies[0].parameters = { ema_short: 9 }));
    const held = [{ ...running[0], flat: false }, running[1]];
    const plan = planReload(config(), next, held);
    expect(plan.load).toEqual([]);
    expect(plan.refused).toEqual([`${ONE}: parameters changed while it has a position: needs it flat, or a restart`]);
  });
});

function engine(next: () => Config, load: (specs: readonly LiveStrategySpec[]) => Promise<LiveStrategyInfo[]>) {
  const strategies = [ONE, TWO].map((key, slot) => ({
    key,
    history: 1_400,
    enabled: true,
    problem: null as string | null,
    slots: [{ slot, stream: slot }],
  }));
  const positions = [{ quantity: 0 }, { quantity: 0 }];
  const levels: string[] = [];
  const reloader = new Reloader({
    config: config(),
    session: { strategies, engineRun: { engine: { ledger: { positions }, book: { size: 0 } } } } as never,
    host: { load },
    reread: () => Promise.resolve(next()),
    onLevel: (level) => levels.push(level),
  });
  return { reloader, strategies, levels };
}

describe('a reload of the running engine', () => {
  it('switches strategies off and on', async () => {
    let next = config((raw) => raw.strategies.pop());
    const { reloader, strategies } = engine(
      () => next,
      () => Promise.reject(new Error('not expected')),
    );
    expect(await reloader.reload()).toEqual([`${TWO} is asked no more; its position keeps its stops`]);
    expect(strategies.map(({ enabled }) => enabled)).toEqual([true, false]);
    next = config();
    expect(await reloader.reload()).toEqual([`${TWO} is asked again`]);
    expect(strategies.map(({ enabled }) => enabled)).toEqual([true, true]);
    expect(await reloader.reload()).toEqual(['nothing changed']);
  });

  it('changes nothing where a strategy does not load, or needs more bars than there are', async () => {
    const next = config((raw) => {
      raw.strategies[0].parameters = { ema_short: 9 };
      raw.strategies.pop();
      raw.logging.level = 'debug';
    });
    const loaded: unknown[] = [];
    let history = 0;
    const { reloader, strategies, levels } = engine(
      () => next,
      (specs) => {
        if (history === 0) return Promise.reject(new Error('no such file'));
        loaded.push(...specs.map(({ params }) => params));
        return Promise.resolve(specs.map(({ key, params }) => ({ key, kind: 'signals', history, params })));
      },
    );
    await expect(reloader.reload()).rejects.toThrow('no such file');
    history = 5_000;
    await expect(reloader.reload()).rejects.toMatchObject({ code: 'VLV_CONFIG' });
    expect(loaded).toEqual([{ emaShort: 9 }, {}]);
    expect(strategies.every(({ enabled }) => enabled)).toBe(true);
    expect(levels).toEqual([]);
    history = 900;
    expect(await reloader.reload()).toHaveLength(3);
    expect(levels).toEqual(['debug']);
  });

  it('loads a strategy again that was stopped', async () => {
    const { reloader, strategies } = engine(config, (specs) =>
      Promise.resolve(specs.map(({ key, params }) => ({ key, kind: 'signals', history: 1, params }))),
    );
    strategies[0].enabled = false;
    strategies[0].problem = 'it threw';
    expect(await reloader.reload()).toEqual([`${ONE} is asked again`, `${ONE} was loaded again`]);
    expect(strategies[0]).toMatchObject({ enabled: true, problem: null });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTimeframe } from '../timeframe.ts';
import {
  camelKeys,
  checkConfig,
  type Config,
  configJsonSchema,
  costSettings,
  editDistance,
  feedFor,
  fillSettings,
  isoInstant,
  nearest,
  orderSettings,
  pathText,
  riskSettings,
  snakeKeys,
  strategyParams,
} from './index.ts';

const entry = { name: 'ema', symbol: 'BTCUSDT', timeframe: '1h', handler: 'strategies:EMAMACDStrategy' };
const base = { version: 1, data_feeds: [{ name: 'own', type: 'csv' }], strategies: [entry] };

function config(over: Record<string, unknown> = {}): Config {
  const check = checkConfig({ ...base, ...over });
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  return check.config;
}

function problems(over: Record<string, unknown>): string[] {
  const check = checkConfig({ ...base, ...over });
  return check.ok ? [] : check.problems.map((p) => `${pathText(p.path)}: ${p.message}`);
}

describe('settings of a config', () => {
  it('fills the defaults of settings.ts', async () => {
    const defaults = await import('../settings.ts');
    const filled = config();
    expect(orderSettings(filled, filled.strategies[0] as never)).toEqual(defaults.DEFAULT_ORDERS);
    expect(costSettings(filled)).toEqual(defaults.DEFAULT_COSTS);
    expect(fillSettings(filled)).toEqual(defaults.DEFAULT_FILLS);
    expect(riskSettings(filled)).toEqual(defaults.NO_LIMITS);
  });

  it('lets one commission set both sides, and either side be its own', () => {
    expect(costSettings(config({ execution: { commission_pct: 0.075 } }))).toMatchObject({
      takerPct: 0.075,
      makerPct: 0.075,
    });
    expect(costSettings(config({ execution: { commission_pct: 0.075, maker_pct: 0 } }))).toMatchObject({
      takerPct: 0.075,
      makerPct: 0,
    });
  });

  it('takes stops, targets and sizing from the run unless the strategy has its own', () => {
    const run = {
      risk: { default_stop: { atr: 2 } },
      backtester: { risk_per_trade_pct: 1, rr_ratio: 2, sl_ratio: 1.5 },
      execution: { allow_short: true },
      strategies: [
        entry,
        {
          ...entry,
          name: 'own',
          stop: { percent: 3 },
          rr_ratio: null,
          sizing: { volatility_pct: 20 },
          allow_short: false,
          partial_exits: [{ at_r: 1, fraction: 0.5 }],
        },
        { ...entry, name: 'no-stop', stop: null },
      ],
    };
    const filled = config(run);
    const [first, own, bare] = filled.strategies.map((strategy) => orderSettings(filled, strategy));
    expect(first).toMatchObject({
      stop: { atr: 2, atrLength: 14 },
      targetRatio: 2,
      stopRatio: 1.5,
      sizing: { kind: 'risk', percent: 1 },
      allowShort: true,
    });
    expect(own).toMatchObject({
      stop: { percent: 3 },
      targetRatio: null,
      sizing: { kind: 'volatility', percent: 20, length: 20 },
      allowShort: false,
      partialExits: [{ atR: 1, fraction: 0.5 }],
    });
    expect(bare?.stop).toBeNull();
  });

  it('maps every risk limit and the keys of groups', () => {
    const risk = { max_position: 0.25, groups: [{ name: 'majors', symbols: ['A1', 'B1'], max_open_trades: 1 }] };
    expect(riskSettings(config({ risk }))).toMatchObject({
      maxPosition: 0.25,
      groups: [{ name: 'majors', symbols: ['A1', 'B1'], maxOpenTrades: 1, maxExposure: null }],
    });
  });

  it('gives parameters their TypeScript names', () => {
    expect(strategyParams({ parameters: { ema_short: 12, length_2: 3 } })).toEqual({ emaShort: 12, length2: 3 });
  });

  it('picks the first feed that serves a symbol', () => {
    const data_feeds = [
      { name: 'a', type: 'synthetic', symbols: ['ETHUSDT'] },
      { name: 'b', type: 'csv' },
    ];
    const filled = config({ data_feeds });
    expect(feedFor(filled, 'ETHUSDT')?.name).toBe('a');
    expect(feedFor(filled, 'BTCUSDT')?.name).toBe('b');
  });
});

describe('problems of a config', () => {
  it.each([
    ['binanc', 'endpoints: Expected one of binance, binance-testnet, binance-demo, got "binanc"'],
    [
      { rest: 'http://a', ws: 'http://a' },
      'endpoints.ws: Expected an address such as ws://127.0.0.1:8080, got "http://a"',
    ],
    [{ rest: 'http://a' }, 'endpoints: Expected a map with the keys rest, ws, got a map'],
  ])('says what endpoints of a live feed may be, where %j stands', (endpoints, message) => {
    const data_feeds = [{ name: 'live', type: 'binance-live', params: { endpoints } }];
    expect(problems({ data_feeds })).toEqual([`data_feeds[0].params.${message}`]);
  });

  it('names wrong keys, types and values all at once', () => {
    const found = problems({
      execution: { fill_at: 'opne', capital: '10k' },
      risk: { max_open_trade: 2, max_position: -1 },
      strategies: [{ ...entry, timeframe: '1hh', stop: { atr: 1, percent: 1 } }],
    });
    expect(found).toEqual([
      'strategies[0].timeframe: Expected a timeframe such as 1m, 15m, 4h, 1d, 1w or 1M (month), got "1hh"',
      'strategies[0].stop: Expected exactly one of atr and percent, such as { atr: 2 }',
      'risk.max_position: Expected a number above 0, got -1',
      'risk.max_open_trade: Unknown key "max_open_trade" in risk',
      'execution.capital: Expected a number above 0, got "10k"',
      'execution.fill_at: Expected one of open, close, got "opne"',
    ]);
  });

  it.each([
    [{ execution: { commision_pct: 1 } }, 'commission_pct'],
    [{ execution: { fillAt: 'open' } }, 'fill_at'],
    [{ execution: { fill_at: 'colse' } }, 'close'],
    [{ data_feeds: [{ name: 'b', type: 'binance_public' }] }, 'binance-public'],
    [{ data_feeds: [{ name: 'b', type: 'synthetic', params: { sed: 1 } }] }, 'seed'],
    [{ strategies: [{ ...entry, alocation: 1 }] }, 'allocation'],
  ])('suggests what was meant: %j', (over, meant) => {
    const check = checkConfig({ ...base, ...over });
    expect(check.ok ? [] : check.problems.map((p) => p.didYouMean)).toEqual([meant]);
  });

  it('refuses the same strategy twice, feeds twice, symbols without a feed and an empty period', () => {
    expect(problems({ strategies: [entry, { ...entry, allocation: 0.5 }] })).toEqual([
      'strategies[1].name: The strategy "BTCUSDT:1h:ema" is there twice; names must differ',
    ]);
    expect(problems({ data_feeds: [base.data_feeds[0], base.data_feeds[0]] })).toHaveLength(1);
    expect(problems({ data_feeds: [{ name: 'x', type: 'csv', symbols: ['ETHUSDT'] }] })).toEqual([
      'strategies[0].symbol: No data feed serves the symbol "BTCUSDT"',
    ]);
    expect(problems({ backtester: { from: '2024-02-01', to: '2024-02-01' } })).toEqual([
      'backtester.to: Expected a time after from, "2024-02-01", got "2024-02-01"',
    ]);
  });

  it('names a missing key, and an empty or foreign document', () => {
    expect(problems({ data_feeds: undefined })[0]).toContain('"data_feeds" is missing');
    for (const nonsense of [null, [], 'text', 4]) expect(checkConfig(nonsense).ok).toBe(false);
  });
});

describe('names, words and instants', () => {
  it('maps names there and back', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}(_[a-z]{1,6}){0,3}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.integer()), (value) => {
        expect(snakeKeys(camelKeys(value))).toEqual(value);
      }),
    );
    expect(camelKeys([{ at_r: { deep_key: new Date(0) } }])).toEqual([{ atR: { deepKey: new Date(0) } }]);
  });

  it('measures edits like a metric', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('ab', 'ba')).toBe(1);
    expect(nearest('volume', ['seed', 'from'])).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it('reads dates as UTC and refuses days that do not exist', () => {
    expect(isoInstant('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
    expect(isoInstant('2024-01-31T09:30')).toBe(Date.UTC(2024, 0, 31, 9, 30));
    expect(isoInstant('2024-01-31T09:30:15.5+02:00')).toBe(Date.UTC(2024, 0, 31, 7, 30, 15, 500));
    for (const wrong of ['2023-02-29', '2024-13-01', '2024-1-1', '01/02/2024', '2024-01-01T25:00', '']) {
      expect(isoInstant(wrong)).toBeUndefined();
    }
  });

  it('agrees with the timeframes of the engine', () => {
    for (const timeframe of ['1m', '15m', '4h', '1d', '1w', '1M', '90s']) {
      expect(problems({ strategies: [{ ...entry, timeframe }] })).toEqual([]);
      expect(toTimeframe(timeframe)).toBe(timeframe);
    }
  });
});

describe('JSON Schema', () => {
  it('describes every key', () => {
    const bare: string[] = [];
    const walk = (schema: ReturnType<typeof configJsonSchema>, path: string): void => {
      for (const shape of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) walk(shape, path);
      if (schema.items) walk(schema.items, `${path}[]`);
      for (const [key, property] of Object.entries(schema.properties ?? {})) {
        if (!property.description && property.const === undefined) bare.push(`${path}.${key}`);
        walk(property, `${path}.${key}`);
      }
    };
    walk(configJsonSchema(), '');
    expect(bare).toEqual([]);
  });
});

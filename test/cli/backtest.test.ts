import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readBars } from '../../src/data/index.ts';
import { cli, MAIN, temporaryFolder } from './process.ts';

const CONFIG = `version: 1
data_feeds: [{ name: market, type: synthetic, symbols: [BTCUSDT, ETHUSDT], params: { seed: 3, bars: 1500 } }]
strategies:
  - { name: ema, symbol: BTCUSDT, timeframe: 1h, handler: "strategies:EMAMACDStrategy", allocation: 0.5 }
  - { name: ema, symbol: ETHUSDT, timeframe: 4h, handler: "strategies:EMAMACDStrategy", allocation: 0.5, enabled: false }
  - { name: peek, symbol: BTCUSDT, timeframe: 1h, handler: "./peek.ts:Peek", enabled: false }
risk: { default_stop: { atr: 2 } }
backtester: { rr_ratio: 2, risk_per_trade_pct: 1 }
`;

const BASE = pathToFileURL(join(import.meta.dirname, '..', '..', 'src', 'strategies', 'index.ts')).href;

/** Buys where the next bar will close higher. */
const PEEK = `import { BaseStrategy, type Bars, signals, type Signals } from '${BASE}';
export class Peek extends BaseStrategy {
  override generateSignals(bars: Bars): Signals {
    return signals(bars, (i) => (bars.close[i + 1] > bars.close[i] ? 1 : -1));
  }
}
`;

function project(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'config.yaml'), CONFIG);
  writeFileSync(join(folder, 'peek.ts'), PEEK);
  return folder;
}

interface Json {
  readonly version: number;
  readonly synthetic: boolean;
  readonly runs: readonly {
    readonly symbol: string;
    readonly timeframe: string;
    readonly strategy: string;
    readonly params: Record<string, unknown>;
    readonly bars: number;
    readonly from: string;
    readonly to: string;
    readonly metrics: Record<string, unknown>;
    readonly causality: {
      readonly passed: boolean;
      readonly cuts: number;
      readonly violation?: { readonly bar: number };
    };
  }[];
  readonly portfolio: { readonly metrics: Record<string, unknown> };
  readonly trades_hash: string;
}

async function json(cwd: string, ...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await cli(['backtest', '--json', ...args], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n'), 'one line and its end').toHaveLength(2);
  return JSON.parse(stdout) as Json;
}

describe('valvulin backtest --json', () => {
  it('prints one object with the documented keys, and nothing else', async () => {
    const cwd = project();
    const result = await json(cwd);
    expect(result).toMatchObject({ version: 1, synthetic: true, trades_hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(result.runs).toHaveLength(1);
    const [run] = result.runs;
    expect(run).toMatchObject({
      symbol: 'BTCUSDT',
      timeframe: '1h',
      strategy: 'ema',
      params: { ema_short: 12, ema_long: 26, macd_signal: 9 },
      bars: 1500,
      from: '2024-01-01T00:00:00Z',
      to: '2024-03-03T12:00:00Z',
      causality: { passed: true },
    });
    const documented =
      'win_rate profit_factor expectancy average_r_multiple max_drawdown max_drawdown_pct sharpe sortino calmar total_trades total_return_pct final_equity';
    for (const metrics of [run?.metrics, result.portfolio.metrics]) {
      expect(Object.keys(metrics ?? {})).toEqual(expect.arrayContaining(documented.split(' ')));
    }
    expect(run?.metrics.total_trades).toBeGreaterThan(5);
    expect(existsSync(join(cwd, 'analytics')), 'a report is written only where it is asked for').toBe(false);
  });

  it('gives the same bytes in another time zone', async () => {
    const cwd = project();
    const [here, there] = await Promise.all(
      ['America/St_Johns', 'Pacific/Kiritimati'].map((TZ) => cli(['backtest', '--json'], { cwd, env: { TZ } })),
    );
    expect(here?.stdout).toBe(there?.stdout);
  });

  it('obeys the overrides', async () => {
    const cwd = project();
    const both = await json(cwd, '--enable-strategy', 'ETHUSDT:4h:ema', '--param', 'ema_short=5');
    expect(both.runs.map(({ symbol, params }) => [symbol, params.ema_short])).toEqual([
      ['BTCUSDT', 5],
      ['ETHUSDT', 5],
    ]);
    const other = await json(cwd, '--enable-strategy', 'ETHUSDT:4h:ema', '--disable-strategy', 'BTCUSDT:1h:ema');
    expect(other.runs.map(({ symbol }) => symbol)).toEqual(['ETHUSDT']);
    const one = await json(cwd, '--enable-strategy', 'ETHUSDT:4h:ema', '--symbol', 'ETHUSDT');
    expect(one.trades_hash).toBe(other.trades_hash);
    const part = await json(cwd, '--from', '2024-01-11', '--to', '2024-01-21');
    expect(part.runs[0]).toMatchObject({ bars: 240, from: '2024-01-11T00:00:00Z', to: '2024-01-21T00:00:00Z' });
  });
});

describe('overrides that fit nothing', () => {
  it.each([
    [['--enable-strategy', 'ETHUSDT:4h:emma'], '"ETHUSDT:4h:emma"', 'Did you mean "ETHUSDT:4h:ema"?'],
    [['--disable-strategy', 'BTC:1h:x'], '"BTC:1h:x"', 'Known: BTCUSDT:1h:ema, ETHUSDT:4h:ema, BTCUSDT:1h:peek.'],
    [['--symbol', 'BTCUSD'], '"BTCUSD"', 'Did you mean "BTCUSDT"?'],
    [['--param', 'ema_shrt=5'], '"ema_shrt"', 'Did you mean "ema_short"?'],
    [['--param', 'ema_short'], '"ema_short"', '--param'],
    [['--from', '2024-02-01', '--to', '2024-01-01'], '"2024-01-01"', '--to'],
    [['--disable-strategy', 'BTCUSDT:1h:ema'], 'none', '--enable-strategy'],
    [['--param', 'ema_short=0'], '0', 'ema'],
  ])('%j', async (args, quoted, help) => {
    const { code, stdout, stderr } = await cli(['backtest', ...args], { cwd: project() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(quoted);
    expect(stderr).toContain(help);
  });
});

describe('valvulin backtest', () => {
  it('prints the metrics and what they rest on, and writes a report', async () => {
    const cwd = project();
    const { code, stdout, stderr } = await cli(['backtest'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of ['Sharpe', 'Win rate', 'Causality: passed', 'SYNTHETIC DATA']) expect(stdout).toContain(text);
    const path = /^Report: (.+)$/m.exec(stdout)?.[1] ?? '';
    expect(path).toBe(join(cwd, 'analytics', 'plots_output', 'config_report.html'));
    expect(readFileSync(path, 'utf8')).toMatch(/^<!doctype html>/i);
  });

  it('writes tables that read back', async () => {
    const cwd = project();
    const { trades_hash: _, portfolio } = await json(cwd, '--export', 'out');
    const names = ['equity', 'fills', 'orders', 'trades'].flatMap((name) => [`${name}.csv`, `${name}.parquet`]);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(names);
    const [header, ...rows] = readFileSync(join(cwd, 'out', 'trades.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(rows).toHaveLength(Number(portfolio.metrics.total_trades));
    const profit = (header ?? '').split(',').indexOf('profit');
    const sum = rows.reduce((total, row) => total + Number(row.split(',')[profit]), 0);
    expect(sum).toBeCloseTo(Number(portfolio.metrics.net_profit), 6);
    const equity = readFileSync(join(cwd, 'out', 'equity.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(Number(equity.at(-1)?.split(',')[1])).toBeCloseTo(Number(portfolio.metrics.final_equity), 6);
    expect(existsSync(join(cwd, 'analytics'))).toBe(false);
  });

  it('ends with 1 where a strategy peeks, and names the bar and its two answers', async () => {
    const cwd = project();
    const args = ['backtest', '--no-report', '--enable-strategy', 'BTCUSDT:1h:peek'];
    const { code, stdout } = await cli(args, { cwd });
    expect(code).toBe(1);
    expect(stdout.replaceAll('\n', ' ')).toMatch(
      /Causality: FAILED for BTCUSDT:1h:peek, its result is not valid: at bar \d+ \(2024-.* UTC\) "signal" is 1 with the bars that come after it, and -1 without them/,
    );
    const machine = await cli([...args, '--json'], { cwd });
    expect(machine.code).toBe(1);
    const result = JSON.parse(machine.stdout) as Json;
    expect(result.runs.map(({ causality }) => causality.passed)).toEqual([true, false]);
    expect(result.runs[1]?.causality.violation).toMatchObject({ column: 'signal', with_future: 1, without_future: -1 });
  });

  it('ends quietly where its reader leaves early', async () => {
    const child = spawn(process.execPath, [MAIN, 'config', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('valvulin check causality', () => {
  it('tries every cut', async () => {
    const cwd = project();
    const good = await cli(['check', 'causality', '--to', '2024-01-11'], { cwd });
    expect(good).toMatchObject({ code: 0, stdout: 'passed BTCUSDT:1h:ema: 239 of 239 cuts gave the same signals\n' });
    const args = ['check', 'causality', '--to', '2024-01-11', '--enable-strategy', 'BTCUSDT:1h:peek', '--json'];
    const bad = await cli(args, { cwd });
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      passed: false,
      runs: [{ causality: { passed: true } }, { strategy: 'peek', causality: { passed: false } }],
    });
  });
});

it('reads a file of bars back through a csv feed', async () => {
  const cwd = project();
  const rows = Array.from({ length: 300 }, (_, i) => {
    const price = 100 + 10 * Math.sin(i / 9);
    return `${new Date(Date.UTC(2024, 0, 1, i)).toISOString()},${price},${price + 1},${price - 1},${price},5`;
  });
  writeFileSync(join(cwd, 'OWN_1h.csv'), `time,open,high,low,close,volume\n${rows.join('\n')}\n`);
  writeFileSync(
    join(cwd, 'config.yaml'),
    CONFIG.replace(
      /data_feeds.*\n/,
      'data_feeds: [{ name: own, type: csv, params: { path: "{symbol}_{timeframe}.csv" } }]\n',
    ).replace(
      /strategies:\n(.*\n){3}/,
      'strategies: [{ name: ema, symbol: OWN, timeframe: 1h, handler: "strategies:EMAMACDStrategy" }]\n',
    ),
  );
  const result = await json(cwd);
  expect(result).toMatchObject({ synthetic: false, runs: [{ symbol: 'OWN', bars: 300 }] });
  expect((await readBars(join(cwd, 'OWN_1h.csv'))).bars.length).toBe(300);
});

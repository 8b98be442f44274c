import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { registerKill } from '../../src/cli/commands/kill.ts';
import type { OrderRecord, Trade } from '../../src/core/trade.ts';
import type { Journal, RunManifest } from '../../src/execution/journal/journal.ts';
import { openJournal } from '../../src/execution/journal/open.ts';
import { controlAddress, type EngineStatus } from '../../src/runs/control-protocol.ts';
import { type ControlHandlers, ControlServer } from '../../src/runs/control-server.ts';
import { ScriptedVenue } from '../servers/scripted-venue.ts';
import { inProcess } from './in-process.ts';
import { cli, type CliResult, temporaryFolder } from './process.ts';

const T = Date.UTC(2024, 4, 1, 12);

const MANIFEST: RunManifest = {
  started: T,
  mode: 'paper',
  venue: 'paper',
  configHash: '',
  packageVersion: '',
  nodeVersion: '',
  details: '{}',
};

const TRADE = {
  id: 1,
  symbol: 'BTCUSDT',
  timeframe: '1h',
  strategy: 'ema-macd',
  side: 'LONG',
  quantity: 0.0125,
  entryTime: T,
  entryPrice: 60_000,
  exitTime: T + 3_600_000,
  exitPrice: 61_000.5,
  exitReason: 'signal',
  profit: 11.2345,
} as unknown as Trade;

const ORDER: OrderRecord = {
  id: 4,
  time: T,
  symbol: 'BTCUSDT',
  timeframe: '1h',
  strategy: 'ema-macd',
  side: 'SELL',
  type: 'stop',
  role: 'stop_loss',
  quantity: 0.0125,
  price: 58_000,
  status: 'working',
  filled: 0,
  reason: null,
};

/** A folder with the journal of an engine that is still running. */
function account(name = 'paper'): { cwd: string; journal: Journal } {
  const cwd = temporaryFolder();
  const journal = openJournal({ stateDir: join(cwd, 'data', 'state'), account: name }, T);
  onTestFinished(() => journal.close());
  const first = journal.beginRun(MANIFEST);
  journal.recordTrade(first, TRADE);
  journal.endRun(first, 'stopped', T + 1);
  const run = journal.beginRun(MANIFEST);
  journal.recordTrade(run, { ...TRADE, profit: -1 });
  journal.recordOrder(run, ORDER);
  journal.recordOrder(run, { ...ORDER, id: 5, status: 'canceled', reason: 'replaced' });
  const position = { symbol: 'BTCUSDT', side: 'LONG', quantity: 0.0125, entryPrice: 60_000, entryTime: T } as const;
  const now = { price: 60_500, profit: 6.25, stopLoss: 58_000, takeProfit: null };
  journal.recordPosition(run, 'BTCUSDT:1h:ema-macd', T, { ...position, ...now });
  journal.flush();
  return { cwd, journal };
}

const STATUS: EngineStatus = {
  account: 'paper',
  mode: 'paper',
  venue: 'paper',
  run: 2,
  pid: 4711,
  started: T,
  state: 'ACTIVE',
  blocks: ['prices of ETHUSDT are stale'],
  quote: 'USDT',
  equity: 10_010.5,
  cash: 9_260,
  positions: 1,
  workingOrders: 1,
  ordersInDoubt: 0,
  strategies: [
    { key: 'BTCUSDT:1h:ema-macd', enabled: true, problem: null },
    { key: 'ETHUSDT:1h:mine', enabled: true, problem: 'it threw an error' },
  ],
  streams: [{ key: 'BTCUSDT:1h', lastClose: T, stale: false }],
};

async function engine(cwd: string, own: Partial<ControlHandlers>): Promise<void> {
  const never = (): never => {
    throw new Error('not expected');
  };
  const rest = { status: () => STATUS, halt: never, resume: never, reduce_only: never, flatten: never, stop: never };
  const path = controlAddress({ stateDir: join(cwd, 'data', 'state'), account: 'paper' });
  const server = new ControlServer({ path, handlers: { ...rest, reload: never, ...own }, onError: never });
  await server.listen();
  onTestFinished(() => server.close());
}

describe('trades, orders and positions', () => {
  it('are read while the engine holds the journal, as text', async () => {
    const { cwd } = account();
    const trades = await cli(['trades'], { cwd });
    expect(trades).toMatchObject({ code: 0, stderr: '' });
    expect(trades.stdout.split('\n')).toEqual([
      expect.stringMatching(/^RUN {2}CLOSED \(UTC\) +STRATEGY +SIDE +QUANTITY +ENTRY +EXIT +PROFIT +REASON$/),
      expect.stringMatching(
        /^ +1 {2}2024-05-01 13:00 {2}BTCUSDT:1h:ema-macd {2}LONG +0\.0125 +60000 +61000\.5 +11\.23 +signal$/,
      ),
      expect.stringMatching(/-1\.00 +signal$/),
      '2 trades, profit 10.23 after fees',
      '',
    ]);
    const orders = await inProcess(['orders', '--open'], { cwd });
    expect(orders.stdout).toMatch(
      /\n +2 +4 {2}2024-05-01 12:00 {2}BTCUSDT:1h:ema-macd {2}SELL {2}stop_loss +0\.0125 +58000 +0 {2}working\n$/,
    );
    expect(orders.stdout.trimEnd().split('\n')).toHaveLength(2);
    const positions = await inProcess(['positions'], { cwd });
    expect(positions.stdout).toMatch(/\nBTCUSDT:1h:ema-macd {2}LONG .* 6\.25 +58000 +-\n$/);
  });

  it('are printed as JSON, for one run where it is named', async () => {
    const { cwd } = account();
    const trades = await inProcess(['trades', '--json', '--run', '2'], { cwd });
    expect(JSON.parse(trades.stdout)).toMatchObject({
      version: 1,
      account: 'paper',
      trades: [{ run: 2, profit: -1, entry_time: '2024-05-01T12:00:00Z', exit_reason: 'signal' }],
    });
    const orders = await inProcess(['orders', '--json', '--run', '2'], { cwd });
    expect(JSON.parse(orders.stdout).orders).toMatchObject([
      { id: 4, status: 'working', time: '2024-05-01T12:00:00Z' },
      { id: 5, status: 'canceled', reason: 'replaced' },
    ]);
    const positions = await inProcess(['positions', '--json', '--run', '1'], { cwd });
    expect(JSON.parse(positions.stdout).positions).toEqual([]);
    for (const run of ['3', '0', 'x']) {
      const wrong = await inProcess(['trades', '--run', run], { cwd });
      expect([wrong.code, wrong.stdout]).toEqual([2, '']);
      expect(wrong.stderr).toContain(`"${run}"`);
    }
  });

  it('say where they looked where there is no journal, and which accounts there are where it is not clear', async () => {
    const { cwd } = account('binance');
    const other = { stateDir: join(cwd, 'data', 'state'), account: 'paper' };
    expect((await inProcess(['orders', '--run', '1'], { cwd })).stdout).toBe('No orders yet.\n');
    openJournal(other, T).close();
    const unclear = await inProcess(['trades'], { cwd });
    expect(unclear).toMatchObject({ code: 2, stderr: expect.stringContaining('got none of "binance", "paper"') });
    expect((await inProcess(['trades', '--account', 'paper'], { cwd })).stdout).toBe('No trades yet.\n');
    const none = await inProcess(['positions', '--state-dir', 'elsewhere'], { cwd });
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('error VLV_JOURNAL: Expected a journal of account "paper", found none');
    expect(none.stderr).toContain(join('elsewhere', 'paper.db'));
  });

  it('take the folder and the account from the config', async () => {
    const { cwd } = account('binance-testnet');
    const config = {
      version: 1,
      data_feeds: [{ name: 'made-up', type: 'synthetic', symbols: ['BTCUSDT'] }],
      strategies: [{ name: 'a', symbol: 'BTCUSDT', timeframe: '1h', handler: 'strategies:EMAMACDStrategy' }],
      execution: { mode: 'live', venue: 'binance-testnet', state_dir: 'data/state' },
    };
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, 'config.yaml'), JSON.stringify(config));
    const { stdout, stderr } = await inProcess(['trades', '--json', '-c', '../config.yaml'], { cwd: join(cwd, 'sub') });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ account: 'binance-testnet', trades: [{}, {}] });
  });
});

describe('an account without an engine', () => {
  it('is halted and resumed in its journal, and its status says so', async () => {
    const { cwd, journal } = account();
    journal.close();
    const halted = await inProcess(['halt', '--why', 'news'], { cwd });
    expect(halted).toMatchObject({ code: 0, stdout: 'paper: no engine runs. The next one starts in state HALT.\n' });
    const status = await inProcess(['status'], { cwd });
    expect(status.stdout).toMatch(
      /^paper: no engine runs\. The next one starts in state HALT \(operator .*: news, .* UTC\)\.\n/,
    );
    expect(status.stdout).toContain(
      'last run 2: it was cut off\npositions 1, working orders 1, as the journal knows them',
    );
    expect(JSON.parse((await inProcess(['status', '--json'], { cwd })).stdout)).toMatchObject({
      running: false,
      state: 'HALT',
      why: 'news',
      last_run: { run: 2, how: null },
      positions: 1,
    });
    expect(JSON.parse((await inProcess(['flatten', '--json'], { cwd })).stdout)).toMatchObject({
      by: 'journal',
      state: 'FLATTEN',
    });
    await inProcess(['resume'], { cwd });
    expect(JSON.parse((await inProcess(['status', '--json'], { cwd })).stdout).state).toBe('ACTIVE');
    const reload = await inProcess(['reload'], { cwd });
    expect(reload).toMatchObject({ code: 1, stderr: expect.stringContaining('found none') });
  });
});

describe('a running engine', () => {
  it('shows its status', async () => {
    const { cwd } = account();
    await engine(cwd, {});
    const { stdout } = await inProcess(['status'], { cwd });
    expect(stdout).toBe(
      `paper: ACTIVE, on paper, run 2 since 2024-05-01 12:00 UTC (process 4711)
  no entries: prices of ETHUSDT are stale
equity 10010.50 USDT, free 9260.00 USDT
positions 1, working orders 1, in doubt 0

STRATEGY             STATE
BTCUSDT:1h:ema-macd  on
ETHUSDT:1h:mine      stopped: it threw an error

PRICES      LAST CLOSE (UTC)
BTCUSDT:1h  2024-05-01 12:00
`,
    );
    expect(JSON.parse((await inProcess(['status', '--json'], { cwd })).stdout)).toMatchObject({
      running: true,
      working_orders: 1,
      started: '2024-05-01T12:00:00Z',
      streams: [{ key: 'BTCUSDT:1h', last_close: '2024-05-01T12:00:00Z' }],
    });
  });

  it('is told what the operator wants, and tells what it did', async () => {
    const { cwd } = account();
    const asked: unknown[] = [];
    const note = ({ do: verb, why }: { do: string; why: string }): void => void asked.push([verb, why]);
    const reload = (): string[] => ['ETHUSDT:1h:mine is off now', 'execution.capital needs a restart'];
    await engine(cwd, { halt: note, reduce_only: note, resume: note, flatten: note, reload });
    for (const args of [['halt', '--why', 'a'], ['halt', '--reduce-only'], ['resume'], ['flatten']]) {
      expect((await inProcess(args, { cwd })).code).toBe(0);
    }
    expect(asked).toEqual([
      ['halt', 'a'],
      ['reduce_only', ''],
      ['resume', ''],
      ['flatten', ''],
    ]);
    expect((await inProcess(['reload'], { cwd })).stdout).toBe(
      'paper: the config was read again.\n  ETHUSDT:1h:mine is off now\n  execution.capital needs a restart\n',
    );
  });
});

describe('valvulin kill', () => {
  function run(args: readonly string[], cwd: string, venue: ScriptedVenue): Promise<CliResult> {
    return inProcess(['kill', ...args], { cwd }, (context) => {
      const program = new Command().exitOverride();
      registerKill(program, context, async () => venue);
      return program;
    });
  }

  it('shows what it would do, does it, and leaves the account halted and its engine without it', async () => {
    const { cwd, journal } = account('scripted');
    const venue = new ScriptedVenue();
    venue.addOrder('BTCUSDT', 'BUY', 'vvab-1-1-e1');
    venue.addOrder('BTCUSDT', 'SELL', 'vvab-1-2-s1');
    venue.addOrder('ETHUSDT', 'BUY', 'web_1');
    const { stdout, stderr, code } = await run(['--yes'], cwd, venue);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'cancel  BTCUSDT BUY 1 (0 filled) vvab-1-1-e1',
      'keep    BTCUSDT SELL 1 (0 filled) vvab-1-2-s1',
      'foreign ETHUSDT BUY 1 (0 filled) web_1',
    ]);
    expect([stdout, code]).toEqual(['Canceled: 1.\n', 0]);
    expect(journal.holdsLease()).toBe(false);
    expect(journal.state()).toMatchObject({ state: 'HALT', why: 'kill' });
    for (const wrong of [[], ['--whole-balance', '--yes']]) {
      expect(await run(wrong, cwd, venue)).toMatchObject({ code: 2, stderr: expect.stringContaining('VLV_USAGE') });
    }
    expect(venue.requests).toHaveLength(1);
  });

  it('works without a journal, says so, and ends with 1 where something is left to do', async () => {
    const cwd = temporaryFolder();
    const venue = new ScriptedVenue();
    venue.wallet.set('BTC', { free: '2', locked: '0' });
    venue.answers = ['rejected'];
    const args = ['--yes', '--json', '--flatten', '--symbol', 'btcusdt', '--whole-balance'];
    const { stdout, code } = await run(args, cwd, venue);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      account: 'scripted',
      sales: [{ symbol: 'BTCUSDT', done: false, outcome: 'refused: insufficient balance' }],
      problems: [expect.stringContaining('has no journal')],
    });
    const again = await run(['--yes', '--flatten', '--symbol', 'BTCUSDT', '--whole-balance'], cwd, venue);
    expect(again.stdout).toContain('BTCUSDT 2: sold as order vvkill-');
    expect(again.stdout).toContain('PROBLEM: Account "scripted" has no journal');
  });
});

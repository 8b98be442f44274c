import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from './process.ts';

const TYPOS = `version: 1
data_feeds:
  - { name: market, type: synthetc }
strategies:
  - name: ema
    symbol: BTCUSDT
    timeframe: 1 hour
    handler: "strategies:EMAMACDStrategy"
    alocation: 0.5
risk: { max_position: lots }
execution:
  capital: \${CAPITAL}
`;

const SHOWN = `error VLV_CONFIG: 5 problems in "config.yaml"

config.yaml:3:27 Expected one of binance-public, csv, synthetic, binance-live, got "synthetc"
 3 |   - { name: market, type: synthetc }
   |                           ^^^^^^^^
     Did you mean "synthetic"?

config.yaml:7:16 Expected a timeframe such as 1m, 15m, 4h, 1d, 1w or 1M (month), got "1 hour"
 7 |     timeframe: 1 hour
   |                ^^^^^^

config.yaml:9:5 Unknown key "alocation" in strategies[0]
 9 |     alocation: 0.5
   |     ^^^^^^^^^
     Did you mean "allocation"?
     Expected one of name, symbol, symbols, timeframe, handler, enabled, allocation, parameters,
     sizing, stop, rr_ratio, sl_ratio, trailing_stop, break_even_at_r, time_stop_bars, allow_short,
     max_entries, partial_exits

config.yaml:10:23 Expected a number above 0, got "lots"
 10 | risk: { max_position: lots }
    |                       ^^^^

config.yaml:12:12 The environment variable "CAPITAL" is not set
 12 |   capital: \${CAPITAL}
    |            ^^^^^^^^^^
`;

function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'config.yaml'), text);
  return folder;
}

describe('a config with mistakes', () => {
  it.each([['config', 'check'], ['config', 'show'], ['backtest']])('is shown whole by %s %s', async (...words) => {
    const result = await cli(words.filter(Boolean), { cwd: folderWith(TYPOS) });
    expect(result).toEqual({ code: 2, stdout: '', stderr: SHOWN });
  });

  it('is shown to programs as one JSON object', async () => {
    const { code, stdout, stderr } = await cli(['config', 'check', '--json'], { cwd: folderWith(TYPOS) });
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    const { ok, problems } = JSON.parse(stdout) as { ok: boolean; problems: { line: number; did_you_mean?: string }[] };
    expect(ok).toBe(false);
    expect(problems.map(({ line, did_you_mean }) => [line, did_you_mean])).toEqual([
      [3, 'synthetic'],
      [7, undefined],
      [9, 'allocation'],
      [10, undefined],
      [12, undefined],
    ]);
  });
});

describe('a good config', () => {
  it('is checked and shown with its defaults', async () => {
    const cwd = folderWith(
      'version: 1\ndata_feeds: [{ name: market, type: synthetic }]\nexecution: { capital: ${C} }\n'.replace(
        '${C}',
        '"${C}"',
      ),
    );
    const env = { C: '2500' };
    expect(await cli(['config', 'check'], { cwd, env })).toMatchObject({ code: 0, stderr: '' });
    const shown = await cli(['config', 'show', '--json'], { cwd, env });
    expect(JSON.parse(shown.stdout)).toMatchObject({ execution: { capital: 2500, slippage_bps: 2 } });
    const again = await cli(['config', 'show'], { cwd, env });
    writeFileSync(join(cwd, 'config.yaml'), again.stdout);
    expect((await cli(['config', 'show', '--json'], { cwd })).stdout).toBe(shown.stdout);
  });

  it('has a schema, the one in the package', async () => {
    const { code, stdout } = await cli(['config', 'schema']);
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8'));
  });
});

it('checks handlers and parameters against the strategies themselves', async () => {
  const cwd = folderWith(`version: 1
data_feeds: [{ name: market, type: synthetic }]
strategies:
  - { name: a, symbol: BTCUSDT, timeframe: 1h, handler: "strategies:EMAMACDStrategy", parameters: { ema_shrt: 3 } }
  - { name: b, symbol: BTCUSDT, timeframe: 1h, handler: "strategies:EMAMACDStrategy", parameters: { ema_long: lots } }
  - { name: c, symbol: BTCUSDT, timeframe: 1h, handler: "strategies:EMAMACDStrategy", parameters: { ema_short: 30 } }
  - { name: d, symbol: BTCUSDT, timeframe: 1h, handler: "strategies:EMAMACDStrateg", enabled: false }
`);
  const { code, stdout } = await cli(['config', 'check', '--json'], { cwd });
  expect(code).toBe(2);
  const { problems } = JSON.parse(stdout) as { problems: { line: number; column: number; message: string }[] };
  expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    '4:101 Unknown parameter "ema_shrt" of strategies:EMAMACDStrategy',
    '5:111 Expected a whole number of at least 2 and at most 2000, got "lots"',
    '6:112 Expected "ema_short" (30) below "ema_long" (26)',
    expect.stringMatching(/^7:57 Expected a strategy class, got "EMAMACDStrateg"\. Did you mean "EMAMACDStrategy"\?/),
  ]);
  const backtest = await cli(['backtest'], { cwd });
  expect(backtest).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Did you mean "ema_short"?') });
  expect(backtest.stderr, 'a disabled strategy is not looked at').not.toContain('EMAMACDStrateg"');
});

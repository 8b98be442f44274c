import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, problemText } from './config-error.ts';
import { loadConfig, parseConfig } from './load-config.ts';

const plain = pc.createColors(false);
const FEED = 'data_feeds: [{ name: s, type: synthetic }]';

function failure(text: string, env: Record<string, string> = {}): ConfigError {
  try {
    parseConfig('config.yaml', text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Expected a ConfigError');
}

function shown(text: string, env: Record<string, string> = {}): string[] {
  return failure(text, env).problems.map((problem) => problemText(problem, 100, plain));
}

describe('places of problems', () => {
  it('points at a wrong key, with the nearest known one', () => {
    expect(shown(`version: 1\n${FEED}\nrisk: { max_position: 0.25, max_opentrades: 4 }\n`)).toEqual([
      [
        'config.yaml:3:29 Unknown key "max_opentrades" in risk',
        ' 3 | risk: { max_position: 0.25, max_opentrades: 4 }',
        '   |                             ^^^^^^^^^^^^^^',
        '     Did you mean "max_open_trades"?',
        '     Expected one of max_position, max_gross_exposure, max_net_exposure, max_open_trades,',
        '     max_daily_loss_pct, max_weekly_loss_pct, max_drawdown_pct, slowdown_drawdown_pct,',
        '     slowdown_factor, cooldown_losses, cooldown_bars, price_collar_pct, max_order_value,',
        '     max_orders_per_minute, max_entries_per_day, groups, default_stop',
      ].join('\n'),
    ]);
  });

  it('points at wrong values in blocks, lists and inline maps, in the order of the file', () => {
    const text = `version: 1
data_feeds:
  - { name: b, type: binance }
strategies:
  - name: a
    symbol: BTCUSDT
    timeframe: 1hh
    handler: nothing
execution:
  fill_at: opne
`;
    expect(shown(text)).toEqual([
      [
        'config.yaml:3:22 Expected one of binance-public, csv, synthetic, binance-live, got "binance"',
        ' 3 |   - { name: b, type: binance }',
        '   |                      ^^^^^^^',
      ].join('\n'),
      [
        'config.yaml:7:16 Expected a timeframe such as 1m, 15m, 4h, 1d, 1w or 1M (month), got "1hh"',
        ' 7 |     timeframe: 1hh',
        '   |                ^^^',
      ].join('\n'),
      [
        'config.yaml:8:14 Expected "strategies:ClassName" for a built-in or "./path/file.ts:ClassName" for',
        'your own, got "nothing"',
        ' 8 |     handler: nothing',
        '   |              ^^^^^^^',
      ].join('\n'),
      [
        'config.yaml:10:12 Expected one of open, close, got "opne"',
        ' 10 |   fill_at: opne',
        '    |            ^^^^',
        '      Did you mean "open"?',
      ].join('\n'),
    ]);
  });

  it('points at the map that lacks a key, and at a key without a value', () => {
    const text = `version: 1\n${FEED}\nstrategies:\n  - symbol: BTCUSDT\n    timeframe: 1h\n    handler: strategies:A\n    name:\n`;
    const [problem] = failure(text).problems;
    expect(problem?.place).toMatchObject({ line: 7, column: 5 });
    expect(failure('version: 1\nrisk: {}\n').problems[0]?.message).toContain('"data_feeds" is missing');
  });

  it('follows aliases and merges to where they are used', () => {
    const text = `version: 1
${FEED}
strategies:
  - &base { name: a, symbol: BTCUSDT, timeframe: 1h, handler: "strategies:A" }
  - { <<: *base, name: b, allocation: 2 }
`;
    expect(failure(text).problems.map(({ place }) => [place.line, place.column])).toEqual([[5, 39]]);
    const good = parseConfig('config.yaml', text.replace('allocation: 2', 'allocation: 0.2'), {});
    expect(good.strategies[1]).toMatchObject({ name: 'b', symbol: 'BTCUSDT', allocation: 0.2 });
  });

  it('shows what YAML objects to, double keys included', () => {
    const error = failure(`version: 1\n${FEED}\nversion: 1\n`);
    expect(error.problems[0]).toMatchObject({ message: 'Map keys must be unique', place: { line: 3, column: 1 } });
    expect(error.where).toBe('config.yaml:3:1');
  });

  it('reads JSON, tabs and all, with the same places', () => {
    const text =
      '{\n\t"version": 1,\n\t"data_feeds": [{"name": "s", "type": "synthetic"}],\n\t"risk": {"max_positon": 1}\n}';
    expect(failure(text).problems[0]).toMatchObject({ place: { line: 4, column: 11 }, didYouMean: 'max_position' });
  });

  it('keeps the caret below its place in a long line on a narrow terminal', () => {
    const filler = Array.from({ length: 30 }, (_, i) => `S${i}USDT`).join(', ');
    const text = `version: 1\ndata_feeds: [{ name: s, symbols: [${filler}], type: synthetc, params: {} }]\n`;
    const [problem] = failure(text).problems;
    for (const width of [30, 40, 80, 120]) {
      const lines = problem ? problemText(problem, width, plain).split('\n') : [];
      const source = lines.find((line) => line.startsWith(' 2 | ')) ?? '';
      const caret = lines.find((line) => line.includes('^')) ?? '';
      expect(source.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('synthetc');
      expect(Math.max(source.length, caret.length)).toBeLessThanOrEqual(width);
    }
  });
});

describe('environment', () => {
  const text = (value: string): string =>
    `version: 1\n${FEED}\nexecution: { quote: EUR }\nanalytics:\n  output_dir: ${value}\n`;

  it('fills in variables and defaults', () => {
    expect(parseConfig('c', text('${DIR}/plots'), { DIR: 'out' }).analytics.output_dir).toBe('out/plots');
    expect(parseConfig('c', text('${DIR:-here}'), {}).analytics.output_dir).toBe('here');
    expect(parseConfig('c', text('${DIR:-here}'), { DIR: '' }).analytics.output_dir).toBe('here');
    expect(parseConfig('c', text('"$${DIR}"'), {}).analytics.output_dir).toBe('${DIR}');
  });

  it('types a value as the schema wants it', () => {
    const config = parseConfig(
      'c',
      `version: 1\n${FEED}\nexecution:\n  capital: "\${CAPITAL}"\n  allow_short: \${SHORT}\n`,
      {
        CAPITAL: '2500.5',
        SHORT: 'true',
      },
    );
    expect(config.execution).toMatchObject({ capital: 2500.5, allow_short: true });
    expect(parseConfig('c', text('${DIR}'), { DIR: '42' }).analytics.output_dir).toBe('42');
  });

  it('cannot change the structure', () => {
    const dir = '"}, risk: { max_position: 9 }';
    const config = parseConfig('c', text('${DIR}'), { DIR: dir });
    expect(config.analytics.output_dir).toBe(dir);
    expect(config.risk.max_position).toBeNull();
  });

  it('leaves comments and keys alone', () => {
    expect(parseConfig('c', `# \${NOT_SET}\nversion: 1\n${FEED}\n`, {}).version).toBe(1);
  });

  it('names every missing variable; with other problems beside it the config is wrong', () => {
    const error = failure(`version: 1\n${FEED}\nexecution: \n  capital: \${A_A}\n  quote: \${B_B}\n`);
    expect(error.code).toBe('VLV_CONFIG_ENV');
    expect(error.problems.map(({ message }) => message)).toEqual([
      'The environment variable "A_A" is not set',
      'The environment variable "B_B" is not set',
    ]);
    expect(failure(`version: 2\n${FEED}\nexecution: \n  capital: \${A_A}\n`).code).toBe('VLV_CONFIG');
  });
});

describe('loadConfig', () => {
  const folder = mkdtempSync(join(tmpdir(), 'valvulin-config-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('looks for the given file, the variable, then config.yaml', () => {
    expect(() => loadConfig(undefined, {}, folder)).toThrow(expect.objectContaining({ code: 'VLV_CONFIG_FILE' }));
    const write = (name: string, capital: number): void =>
      writeFileSync(join(folder, name), `version: 1\n${FEED}\nexecution: { capital: ${capital} }\n`);
    write('config.yaml', 1);
    write('named.yaml', 2);
    write('given.yaml', 3);
    const capital = (given: string | undefined, env: Record<string, string>): number =>
      loadConfig(given, env, folder).config.execution.capital;
    expect(capital(undefined, {})).toBe(1);
    expect(capital(undefined, { VALVULIN_CONFIG: 'named.yaml' })).toBe(2);
    expect(capital('given.yaml', { VALVULIN_CONFIG: 'named.yaml' })).toBe(3);
    expect(loadConfig(undefined, {}, folder).baseDir).toBe(folder);
    expect(() => loadConfig('nope.yaml', {}, folder)).toThrow(/nope\.yaml/);
  });
});

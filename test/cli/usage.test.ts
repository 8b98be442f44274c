import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from './process.ts';

const COMMANDS = [
  ['backtest'],
  ['download'],
  ['data', 'list'],
  ['data', 'verify'],
  ['data', 'import'],
  ['data', 'export'],
  ['data', 'resample'],
  ['strategies', 'list'],
  ['strategies', 'new'],
  ['check', 'causality'],
  ['config', 'check'],
  ['config', 'show'],
  ['config', 'schema'],
  ['init'],
  ['status'],
  ['trades'],
  ['orders'],
  ['positions'],
  ['halt'],
  ['resume'],
  ['flatten'],
  ['reload'],
  ['run'],
  ['replay'],
  ['compare'],
  ['paper', 'reset'],
  ['kill'],
];

describe('help', () => {
  it.each(COMMANDS)('of %s %s says what it does and gives examples', async (...words) => {
    const { code, stdout, stderr } = await cli([...words.filter(Boolean), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: valvulin ${words.filter(Boolean).join(' ')}`);
    expect(stdout).toMatch(/Examples:\n {2}(npx )?valvulin /);
    expect(stdout).not.toContain('default: []');
  });

  it('is shown where nothing is asked for', async () => {
    const { code, stdout } = await cli([]);
    expect(code).toBe(0);
    for (const [first] of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${first}\\b`, 'm'));
  });

  it('has a version', async () => {
    expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('wrong usage ends with 2, says so on stderr, and prints nothing on stdout', () => {
  it.each([
    [['bakctest'], "error VLV_USAGE: Unknown command 'bakctest'\n(Did you mean backtest?)\n"],
    [['config', 'chek'], "error VLV_USAGE: Unknown command 'chek'\n(Did you mean check?)\n"],
    [['backtest', '--exprot', 'x'], "error VLV_USAGE: Unknown option '--exprot'\n(Did you mean --export?)\n"],
    [['init'], "error VLV_USAGE: Missing required argument 'dir'\n"],
    [
      ['download', 'BTCUSDT', '1h', '--since', 'yesterday'],
      'error VLV_USAGE: Expected a date such as "2024-01-31", got "yesterday"\n  where: --since\n' +
        '  hint: Dates are UTC: 2024-01-31, 2024-01-31T09:30 or 2024-01-31T09:30:00+02:00.\n',
    ],
    [
      ['download', '1h'],
      'error VLV_USAGE: Expected symbols and then a timeframe, got "1h"\n' +
        '  hint: For example: valvulin download BTCUSDT 1h --since 2024-01-01\n',
    ],
    [
      ['strategies', 'new', 'MyOwn'],
      'error VLV_USAGE: Expected a name such as "my-strategy", got "MyOwn"\n' +
        '  hint: Lower-case letters and digits, words joined by "-".\n',
    ],
  ])('%j', async (args, stderr) => {
    expect(await cli(args, { cwd: temporaryFolder() })).toEqual({ code: 2, stdout: '', stderr });
  });

  it('a command group without a command', async () => {
    const { code, stdout, stderr } = await cli(['data']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: valvulin data');
  });

  it('no config anywhere', async () => {
    const { code, stderr } = await cli(['backtest'], { cwd: temporaryFolder() });
    expect(code).toBe(2);
    expect(stderr).toContain('error VLV_CONFIG_FILE: No "config.yaml" in this folder');
    expect(stderr).toContain('valvulin init DIR');
  });
});

describe('colour', () => {
  const ESCAPE = '\u001b[';
  const wrong = ['config', 'show', 'nope.yaml'];

  it('is off in pipes, on where it is forced, and off again where NO_COLOR is set', async () => {
    expect((await cli(wrong)).stderr).not.toContain(ESCAPE);
    expect((await cli(wrong, { env: { FORCE_COLOR: '1' } })).stderr).toContain(ESCAPE);
    expect((await cli(wrong, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stderr).not.toContain(ESCAPE);
  });
});

describe('an unexpected error', () => {
  it('shows its stack only with --verbose', async () => {
    const missing = ['data', 'verify', 'nothing-here.csv'];
    const quiet = await cli(missing);
    expect(quiet).toMatchObject({ code: 1, stdout: '' });
    expect(quiet.stderr).toContain('error VLV_DATA_FILE');
    expect(quiet.stderr).not.toContain('    at ');
    expect((await cli(['--verbose', ...missing])).stderr).toContain('    at ');
    expect((await cli([...missing, '--verbose'])).stderr).toContain('    at ');
  });
});

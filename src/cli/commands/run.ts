import type { Command } from 'commander';
import { type Config, strategyKey } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { type RunCommandFlags, chooseRun } from '../backtest/chosen-run.ts';
import type { CommandContext } from '../command-context.ts';
import { confirmed } from '../live/confirm.ts';
import type { OpenedVenue } from '../live/open-venue.ts';

interface Flags extends RunCommandFlags {
  readonly yesLive?: boolean;
  readonly json?: boolean;
  readonly speed: string;
}

export function registerRun(parent: Command, context: CommandContext): void {
  const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];
  parent
    .command('run')
    .description('trade the strategies of a config on paper or live, until it is stopped')
    .option('-c, --config <file>', 'config file (default: VALVULIN_CONFIG, else ./config.yaml)')
    .option('--enable-strategy <key>', 'run SYMBOL:TIMEFRAME:NAME although it is disabled; repeatable', collect)
    .option('--disable-strategy <key>', 'leave SYMBOL:TIMEFRAME:NAME out; repeatable', collect)
    .option('--symbol <symbol>', 'only strategies of this symbol; repeatable', collect)
    .option('--param <name=value>', 'set a parameter of all strategies that have it; repeatable', collect)
    .option('--yes-live', 'do not ask before trading with real money')
    .option('--json', 'print JSON lines instead of the live view')
    .option('--speed <factor>', 'of a local exchange that runs faster than time, such as 60x', '1x')
    .addHelpText(
      'after',
      `
execution.mode of the config says whether it trades on paper or live, execution.venue where. Ctrl+C stops it safely:
no new entries, requests under way are waited for, protective orders stay. The next start goes on where it stopped.

Examples:
  valvulin run
  valvulin run --config config.yaml --enable-strategy BTCUSDT:1h:ema-macd --disable-strategy ETHUSDT:15m:rsi-divergence
  valvulin run --json | jq .`,
    )
    .action((flags: Flags) => run(flags, context));
}

async function run(flags: Flags, context: CommandContext): Promise<void> {
  const { config, baseDir } = await chooseRun(flags, context);
  const { mode } = config.execution;
  if (mode === 'backtest') {
    throw new ValvulinError('VLV_USAGE', 'Expected execution.mode "paper" or "live", got "backtest"', {
      where: 'execution.mode',
      hint: 'Write mode: paper to trade on live prices with simulated fills.',
    });
  }
  const speed = speedOf(flags);
  const clock = await clockOf(speed, config);
  const { runLive } = await import('../live/run-live.ts');
  const opened = mode === 'live' ? await openLive(flags, config, baseDir, clock, context) : null;
  const reread = async (): Promise<Config> => (await chooseRun(flags, context)).config;
  await runLive({ config, baseDir, clock, speed, opened, reread, json: flags.json ?? false, context });
}

function speedOf({ speed }: Flags): number {
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(speed)?.[1]);
  if (factor >= 1) return factor;
  throw new ValvulinError('VLV_USAGE', `Expected a factor of at least 1x, got "${speed}"`, { where: '--speed' });
}

/** The machine's time; or one as fast as that of a local exchange. */
async function clockOf(speed: number, config: Config): Promise<Clock> {
  const { systemClock } = await import('../../data/node-ports.ts');
  if (speed === 1) return systemClock;
  const { localExchangeTime } = await import('../live/local-time.ts');
  const start = await localExchangeTime(config);
  if (start === null) {
    throw new ValvulinError('VLV_USAGE', `Expected 1x, got "${speed}x": only a local exchange runs faster than time`, {
      where: '--speed',
    });
  }
  const { ExchangeClock } = await import('../../exchange/exchange-clock.ts');
  return new ExchangeClock(systemClock, { speed, start });
}

/** Everything that must hold, and be agreed to, before orders are sent. */
async function openLive(
  flags: Flags,
  config: Config,
  baseDir: string,
  clock: Clock,
  context: CommandContext,
): Promise<OpenedVenue> {
  const { terminal, env } = context;
  const { checkLiveConditions } = await import('../../runs/live/live-conditions.ts');
  const { openVenue, venueOf } = await import('../live/open-venue.ts');
  checkLiveConditions(config);
  const opened = await openVenue(venueOf(config, baseDir), env, clock, (text) => terminal.note(text));
  for (const warning of opened.warnings) terminal.note(warning);
  if (config.execution.venue === 'local' || flags.yesLive === true) return opened;
  const { capital, quote, venue } = config.execution;
  terminal.note(`Live on ${venue} with ${capital} ${quote}: ${config.strategies.map(strategyKey).join(', ')}`);
  if (!(await confirmed(terminal, `Trade up to ${capital} ${quote} on ${venue}?`, venue, '--yes-live'))) {
    throw new ValvulinError('VLV_INTERRUPTED', 'Nothing was started');
  }
  return opened;
}

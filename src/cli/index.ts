import { Command, CommanderError } from 'commander';
import { ValvulinError } from '../core/errors.ts';
import type { CommandContext } from './command-context.ts';
import { registerBacktest } from './commands/backtest.ts';
import { registerCheckCausality } from './commands/check-causality.ts';
import { registerCompare } from './commands/compare.ts';
import { registerConfigCheck } from './commands/config-check.ts';
import { registerConfigSchema } from './commands/config-schema.ts';
import { registerConfigShow } from './commands/config-show.ts';
import { registerDataExport } from './commands/data-export.ts';
import { registerDataImport } from './commands/data-import.ts';
import { registerDataList } from './commands/data-list.ts';
import { registerDataResample } from './commands/data-resample.ts';
import { registerDataVerify } from './commands/data-verify.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDownload } from './commands/download.ts';
import { registerExchange } from './commands/exchange.ts';
import { registerFlatten } from './commands/flatten.ts';
import { registerHalt } from './commands/halt.ts';
import { registerInit } from './commands/init.ts';
import { registerOrders } from './commands/orders.ts';
import { registerPaperReset } from './commands/paper-reset.ts';
import { registerPositions } from './commands/positions.ts';
import { registerReload } from './commands/reload.ts';
import { registerReplay } from './commands/replay.ts';
import { registerResume } from './commands/resume.ts';
import { registerRun } from './commands/run.ts';
import { registerKill } from './commands/kill.ts';
import { openVenueOf } from './live/kill-venue.ts';
import { registerStatus } from './commands/status.ts';
import { registerStrategiesList } from './commands/strategies-list.ts';
import { registerStrategiesNew } from './commands/strategies-new.ts';
import { registerTrades } from './commands/trades.ts';
import { packageVersion } from '../runs/version.ts';
import { EXIT, exitCodeOf, renderError } from './render-error.ts';
import { endQuietlyOnClosedPipe, processTerminal } from './terminal.ts';

/**
 * Runs one command line, such as `['backtest', '--json']`, and leaves the exit code in `process.exitCode`: 0 good,
 * 1 found something wrong, 2 wrong usage or config, 130 interrupted. Never throws.
 */
export async function main(argv: readonly string[]): Promise<void> {
  endQuietlyOnClosedPipe();
  const interrupt = new AbortController();
  let release = (): void => undefined;
  const context: CommandContext = {
    terminal: processTerminal(),
    interruptible: () => {
      release();
      release = abortOnSignals(interrupt);
      return interrupt.signal;
    },
    env: process.env,
    cwd: process.cwd(),
    exitCode: EXIT.good,
  };
  const program = buildProgram(context);
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    process.exitCode = context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.good : EXIT.usage;
    } else {
      const shown: unknown = interrupt.signal.aborted ? interrupt.signal.reason : error;
      renderError(shown, context.terminal, program.opts<{ verbose?: boolean }>().verbose === true);
      process.exitCode = exitCodeOf(shown);
    }
  } finally {
    release();
  }
}

/** The whole command line; each command stands in a file of its own. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('valvulin')
    .description('A trading engine: the same code backtests, paper-trades and trades live.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show the help of a command')
    .option('--verbose', 'show the stack of unexpected errors')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(usageError(text, context)) });
  program.addHelpText('after', '\nEach command explains itself: valvulin backtest --help');

  registerBacktest(program, context);
  registerDownload(program, context);
  registerRun(program, context);
  registerKill(program, context, openVenueOf);
  registerExchange(program, context);
  registerDemo(program, context);

  registerStatus(program, context);
  registerTrades(program, context);
  registerOrders(program, context);
  registerPositions(program, context);
  registerReplay(program, context);
  registerCompare(program, context);
  registerPaperReset(program.command('paper').description('look after the paper account'), context);
  registerHalt(program, context);
  registerResume(program, context);
  registerFlatten(program, context);
  registerReload(program, context);

  const data = program.command('data').description('look at, check and convert the history');
  registerDataList(data, context);
  registerDataVerify(data, context);
  registerDataImport(data, context);
  registerDataExport(data, context);
  registerDataResample(data, context);

  const strategies = program.command('strategies').description('list strategies, or start a new one');
  registerStrategiesList(strategies, context);
  registerStrategiesNew(strategies, context);

  registerCheckCausality(program.command('check').description('check strategies'), context);

  const config = program.command('config').description('check and show the configuration');
  registerConfigCheck(config, context);
  registerConfigShow(config, context);
  registerConfigSchema(config, context);

  registerInit(program, context);
  return program;
}

/** Commander's own complaints (`error: unknown option '--foo'`), in the shape of every other error. */
function usageError(text: string, context: CommandContext): string {
  const { noteColors: colors } = context.terminal;
  const plain = text.replace(/^error: /, '');
  return `${colors.bold(colors.red('error VLV_USAGE:'))} ${plain.charAt(0).toUpperCase()}${plain.slice(1)}`;
}

/** The first signal asks the command to stop where nothing is half-written; a second one does not ask. */
function abortOnSignals(controller: AbortController): () => void {
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new ValvulinError('VLV_INTERRUPTED', 'Interrupted; what was finished is kept'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
}

import { type ErrorCode, ValvulinError } from '../core/errors.ts';
import { ConfigError, problemText } from './config/config-error.ts';
import { type Terminal, wrap } from './terminal.ts';

/** What a command ends with: 0 good, 1 found something wrong, 2 wrong usage or config, 130 interrupted. */
export const EXIT = { good: 0, wrong: 1, usage: 2, interrupted: 130 } as const;

/** The codes whose cause is what the user typed: on the command line or in the config. */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'VLV_USAGE',
  'VLV_CONFIG',
  'VLV_CONFIG_FILE',
  'VLV_CONFIG_ENV',
  'VLV_SETTINGS',
  'VLV_TIMEFRAME',
  'VLV_STRATEGY_PARAMS',
  'VLV_STRATEGY_LOAD',
]);

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ValvulinError)) return EXIT.wrong;
  if (error.code === 'VLV_INTERRUPTED') return EXIT.interrupted;
  return USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.wrong;
}

/** Shows an error on stderr. A `ValvulinError` explains itself; anything else is a bug and says so. */
export function renderError(error: unknown, terminal: Terminal, verbose: boolean): void {
  const { noteColors: colors, width } = terminal;
  if (error instanceof ValvulinError) {
    terminal.note(`${colors.bold(colors.red(`error ${error.code}:`))} ${error.message}`);
    if (error instanceof ConfigError) {
      for (const problem of error.problems) terminal.note(`\n${problemText(problem, width, colors)}`);
      if (error.hint !== undefined) terminal.note('');
    } else if (error.where !== undefined) {
      terminal.note(`  ${colors.dim('where:')} ${error.where}`);
    }
    if (error.hint !== undefined)
      terminal.note(`  ${colors.cyan('hint:')} ${wrap(error.hint, width, '        ').trimStart()}`);
    if (verbose) terminal.note(colors.dim(stackText(error)));
    return;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  terminal.note(`${colors.bold(colors.red('error:'))} ${message}`);
  if (verbose) terminal.note(colors.dim(stackText(error)));
  const how = verbose ? 'with what is above' : 'with what --verbose shows';
  terminal.note(
    wrap(`This is a bug in Valvulin or in a strategy of yours. Where it is Valvulin's, report it ${how}.`, width, '  '),
  );
}

/** The stack of an error and of everything that caused it. */
function stackText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackText(error.cause)}`;
}

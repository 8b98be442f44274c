import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { snakeKeys } from '../../core/config/index.ts';
import { formatBigUnits } from '../../core/decimal.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { Journal, JournalReader } from '../../execution/journal/journal.ts';
import type { JournalPlace } from '../../execution/journal/open.ts';
import type { SpotVenue, VenueReport } from '../../execution/venues/venue.ts';
import type { KillOptions, KillPlan, KillResult } from '../../runs/kill.ts';
import type { CommandContext } from '../command-context.ts';
import { type AccountFlags, accountPlace, addAccountOptions } from '../live/account.ts';
import { confirmed } from '../live/confirm.ts';
import { operatorName } from '../live/operate.ts';
import { EXIT } from '../render-error.ts';

/** What a kill needs to reach the exchange; the config fills in what is not given. */
export interface VenueFlags extends AccountFlags {
  /** `binance`, `binance-testnet` and so on. */
  readonly venue?: string;
  readonly keysFile?: string;
  readonly url?: string;
}

/** Makes the venue of an account from flags, config and environment. Starts nothing and subscribes to nothing. */
export type OpenVenue = (flags: VenueFlags, context: CommandContext) => Promise<SpotVenue>;

interface Flags extends VenueFlags {
  readonly flatten?: boolean;
  readonly all?: boolean;
  readonly symbol?: readonly string[];
  readonly wholeBalance?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function registerKill(parent: Command, context: CommandContext, openVenue: OpenVenue): void {
  const collect = (value: string, all: readonly string[] = []): string[] => [...all, value.toUpperCase()];
  addAccountOptions(parent.command('kill').description('cancel all entries at the exchange, without asking any engine'))
    .option('--venue <name>', 'exchange (default: execution.venue of the config)')
    .option('--keys-file <file>', 'API keys (default: execution.keys_file of the config, else the environment)')
    .option('--url <url>', 'address of a local exchange')
    .option('--flatten', 'also sell what the account holds, at the market')
    .option('--all', 'also cancel protective stops and targets')
    .option('--symbol <symbol>', 'only this symbol; repeatable', collect)
    .option('--whole-balance', 'with --flatten and --symbol: sell all of it, whoever bought it (the journal is lost)')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Needs nothing but the API key. A running engine loses the account and stops; the next one starts halted, until
"valvulin resume". Orders that other programs made are left alone. Without --yes it shows what it would do, and asks.
Ends with 1 where something is left to do by hand.

Examples:
  valvulin kill
  valvulin kill --flatten --yes
  valvulin kill --venue binance --keys-file keys.yaml --symbol BTCUSDT --flatten --whole-balance`,
    )
    .action((flags: Flags) => runKill(flags, context, openVenue));
}

async function runKill(flags: Flags, context: CommandContext, openVenue: OpenVenue): Promise<void> {
  const { terminal } = context;
  const options = killOptions(flags);
  const venue = await openVenue(flags, context);
  const { accountName, openJournalReader, journalPath, seizeJournal } = await import('../../execution/journal/open.ts');
  const place = await accountPlace({ account: accountName('live', venue.name), ...flags }, context);
  const { systemClock } = await import('../../data/node-ports.ts');
  const { kill, planKill } = await import('../../runs/kill.ts');
  const problems: string[] = [];
  const books = orProblem<JournalReader>(problems, place, journalPath(place), () => openJournalReader(place));
  const plan = await planKill(venue, books, options);
  if (!flags.json || !flags.yes) for (const line of planLines(plan, options, books !== null)) terminal.note(line);
  if (!flags.yes && !(await confirmed(terminal, 'Stop the engine of this account and do this?', 'yes', '--yes'))) {
    throw new ValvulinError('VLV_INTERRUPTED', 'Nothing was done');
  }
  const journal = orProblem<Journal>(problems, place, journalPath(place), () => seizeJournal(place, systemClock.now()));
  const result = await kill(venue, books, journal, options, systemClock, operatorName());
  const all = { ...result, problems: [...new Set([...problems, ...result.problems])] };
  books?.close();
  journal?.close();
  if (all.left.length + all.problems.length > 0 || all.sales.some(({ done }) => !done)) context.exitCode = EXIT.wrong;
  if (flags.json) terminal.out(JSON.stringify({ version: 1, account: place.account, ...(snakeKeys(all) as object) }));
  else for (const line of resultLines(all)) terminal.out(line);
}

function killOptions(flags: Flags): KillOptions {
  const { flatten = false, all = false, wholeBalance = false, symbol = null } = flags;
  if (wholeBalance && (!flatten || symbol === null)) {
    throw new ValvulinError('VLV_USAGE', 'Expected --flatten and --symbol beside --whole-balance', {
      hint: 'It sells everything of these symbols, also what the engine did not buy, so they are named.',
    });
  }
  return { flatten, all, wholeBalance, symbols: symbol };
}

/** A kill goes on without a journal, and says so. */
function orProblem<T>(problems: string[], place: JournalPlace, path: string, open: () => T): T | null {
  if (!existsSync(path)) {
    problems.push(
      `Account "${place.account}" has no journal in "${place.stateDir}": no engine was told to stay halted`,
    );
    return null;
  }
  try {
    return open();
  } catch (error) {
    if (!(error instanceof ValvulinError)) throw error;
    problems.push(`The journal could not be used: ${error.message}`);
    return null;
  }
}

function planLines(plan: KillPlan, options: KillOptions, hasBooks: boolean): string[] {
  const lines = [
    ...plan.cancel.map((order) => `cancel  ${orderText(order)}`),
    ...plan.keep.map((order) => `keep    ${orderText(order)}`),
    ...plan.foreign.map((order) => `foreign ${orderText(order)}`),
    ...plan.sell.map(
      ({ instrument, quantity }) => `sell    ${instrument.rules.symbol} ${formatBigUnits(quantity, 16)}`,
    ),
  ];
  if (options.flatten && !options.wholeBalance && !hasBooks) {
    lines.push('Without a journal it is not known what the account holds: name it with --symbol and --whole-balance.');
  }
  return lines.length === 0 ? ['There is no order to cancel and nothing to sell.'] : lines;
}

function orderText({ symbol, side, quantity, filled, clientId }: VenueReport): string {
  return `${symbol} ${side} ${quantity} (${filled} filled) ${clientId}`;
}

function resultLines({ canceled, left, sales, problems }: KillResult): string[] {
  return [
    `Canceled: ${canceled.length}.${left.length === 0 ? '' : ` STILL OPEN: ${left.join(', ')}`}`,
    ...sales.map(
      ({ symbol, quantity, done, outcome }) => `${done ? '' : 'NOT DONE: '}${symbol} ${quantity}: ${outcome}`,
    ),
    ...problems.map((problem) => `PROBLEM: ${problem}`),
  ];
}

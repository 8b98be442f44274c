import type { Command } from 'commander';
import { camelKeys } from '../../core/config/index.ts';
import type { JournalOrder, JournalReader, JournalRun, StateChange } from '../../execution/journal/journal.ts';
import type { JournalPlace } from '../../execution/journal/open.ts';
import type { EngineStatus } from '../../runs/control-protocol.ts';
import type { CommandContext } from '../command-context.ts';
import { type AccountFlags, accountPlace, addAccountOptions } from '../live/account.ts';
import { jsonRecord } from '../live/records.ts';
import { isoTime, shortTime, textTable } from '../text-table.ts';

interface Flags extends AccountFlags {
  readonly json?: boolean;
}

/** What the journal tells of an account whose engine does not run. */
interface StoredStatus {
  readonly state: StateChange;
  readonly lastRun: JournalRun | undefined;
  readonly positions: number;
  readonly workingOrders: number;
}

export function registerStatus(parent: Command, context: CommandContext): void {
  addAccountOptions(parent.command('status').description('show how a paper or live engine is doing'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Where no engine runs, it tells what the journal knows.

Examples:
  valvulin status
  valvulin status --account binance
  valvulin status --json | jq -e '.running and .state == "ACTIVE"'`,
    )
    .action((flags: Flags) => status(flags, context));
}

async function status(flags: Flags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const place = await accountPlace(flags, context);
  const { engineStatus } = await import('../../runs/control.ts');
  const { systemClock } = await import('../../data/node-ports.ts');
  const answer = await engineStatus(place, systemClock);
  if (answer === null) {
    await showStored(place, flags, context);
    return;
  }
  const engine = camelKeys(answer) as EngineStatus;
  if (flags.json) {
    const streams = engine.streams.map((stream) => jsonRecord(stream, ['lastClose']));
    const shown = jsonRecord({ ...engine, streams }, ['started']) as object;
    terminal.out(JSON.stringify({ version: 1, running: true, ...shown }));
    return;
  }
  for (const line of engineLines(engine)) terminal.out(line);
  const strategies = engine.strategies.map(({ key, enabled, problem }) => {
    return [key, problem === null ? (enabled ? 'on' : 'off') : `stopped: ${problem}`];
  });
  const streams = engine.streams.map(({ key, lastClose, stale }) => [key, shortTime(lastClose), stale ? 'stale' : '']);
  terminal.out(`\n${textTable([{ title: 'STRATEGY' }, { title: 'STATE' }], strategies, terminal.width)}`);
  const columns = [{ title: 'PRICES' }, { title: 'LAST CLOSE (UTC)' }, { title: '' }];
  terminal.out(`\n${textTable(columns, streams, terminal.width)}`);
}

function engineLines(engine: EngineStatus): string[] {
  const { account, mode, venue, run, pid, started, quote } = engine;
  const where = mode === 'paper' ? 'on paper' : `live on ${venue}`;
  return [
    `${account}: ${engine.state}, ${where}, run ${run} since ${shortTime(started)} UTC (process ${pid})`,
    ...engine.blocks.map((reason) => `  no entries: ${reason}`),
    `equity ${engine.equity.toFixed(2)} ${quote}, free ${engine.cash.toFixed(2)} ${quote}`,
    `positions ${engine.positions}, working orders ${engine.workingOrders}, in doubt ${engine.ordersInDoubt}`,
  ];
}

async function showStored(place: JournalPlace, flags: Flags, { terminal }: CommandContext): Promise<void> {
  const { openJournalReader } = await import('../../execution/journal/open.ts');
  const journal = openJournalReader(place);
  const { currentOrders } = await import('../../runs/live/earlier-runs.ts');
  const { state, lastRun, positions, workingOrders } = storedStatus(journal, currentOrders(journal));
  journal.close();
  if (flags.json) {
    const run = lastRun === undefined ? null : { run: lastRun.run, how: lastRun.how, ended: isoTime(lastRun.ended) };
    const shown = { state: state.state, who: state.who, why: state.why, last_run: run, positions };
    const { account } = place;
    terminal.out(JSON.stringify({ version: 1, running: false, account, ...shown, working_orders: workingOrders }));
    return;
  }
  terminal.out(`${place.account}: no engine runs. The next one starts in state ${state.state}${reasonText(state)}.`);
  if (lastRun !== undefined) terminal.out(`last run ${lastRun.run}: ${endText(lastRun)}`);
  terminal.out(`positions ${positions}, working orders ${workingOrders}, as the journal knows them`);
}

function storedStatus(journal: JournalReader, orders: readonly JournalOrder[]): StoredStatus {
  return {
    state: journal.state(),
    lastRun: journal.runs().at(-1),
    positions: journal.positions().length,
    workingOrders: orders.filter(({ status: now }) => now === 'working').length,
  };
}

function reasonText({ who, why, time }: StateChange): string {
  if (who === '') return '';
  return ` (${who}${why === '' ? '' : `: ${why}`}, ${shortTime(time)} UTC)`;
}

function endText({ ended, how }: JournalRun): string {
  return ended === null ? 'it was cut off' : `${how ?? 'ended'} ${shortTime(ended)} UTC`;
}

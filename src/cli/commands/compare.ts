import { resolve } from 'node:path';
import type { Command } from 'commander';
import { snakeKeys } from '../../core/config/index.ts';
import type { Difference, Outcome } from '../../runs/live/attribution.ts';
import type { RunComparison } from '../../runs/live/compare-run.ts';
import type { CommandContext } from '../command-context.ts';
import { accountPlace, addAccountOptions } from '../live/account.ts';
import { amountText, type RecordFlags } from '../live/records.ts';
import { baseOf } from '../live/run-base.ts';
import { isoTime, shortTime, textTable } from '../text-table.ts';

export function registerCompare(parent: Command, context: CommandContext): void {
  addAccountOptions(parent.command('compare <run>').description('backtest the bars of a run and explain what differs'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Backtests the bars that the run saw, with the config it had, and says of every difference between the trades what caused
it: signal (traded on one side only, or left by another decision), price of entry and exit, latency (filled in a later
bar), size, cost. The totals add up to the difference of profit. Bars before the run's first come from the history on
disk; where there are none, the run's own signals are taken at the first bars, and it says so.

Examples:
  valvulin compare 3
  valvulin compare 12 --account binance --json | jq .totals`,
    )
    .action((run: string, flags: RecordFlags) => compare(run, flags, context));
}

async function compare(run: string, flags: RecordFlags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { compareRun } = await import('../../runs/live/compare-run.ts');
  const { HistoryLake } = await import('../../data/index.ts');
  const { openJournalReader } = await import('../../execution/journal/open.ts');
  const place = await accountPlace(flags, context);
  const { baseDir, dataDir } = baseOf(flags.config, context);
  const journal = openJournalReader(place);
  try {
    const lake = new HistoryLake(resolve(baseDir, dataDir));
    const found = await compareRun(journal, Number(run), { baseDir, lake });
    if (flags.json) terminal.out(JSON.stringify(compareJson(place.account, found)));
    else show(found, context);
  } finally {
    journal.close();
  }
}

function compareJson(account: string, { differences, ...rest }: RunComparison): object {
  const shown = (outcome: Outcome | null): object | null =>
    outcome && { ...outcome, entryTime: isoTime(outcome.entryTime), exitTime: isoTime(outcome.exitTime) };
  const rows = differences.map((one) => ({
    ...one,
    decided: isoTime(one.decided),
    run: shown(one.run),
    backtest: shown(one.backtest),
  }));
  return snakeKeys({ version: 1, account, ...rest, differences: rows }) as object;
}

function show(found: RunComparison, { terminal }: CommandContext): void {
  const { run, runs, bars, entries, same, signals, differences, totals, runProfit, backtestProfit, notes } = found;
  const whole = runs.length > 1 ? `Runs ${runs.join(', ')}` : `Run ${run}`;
  terminal.out(`${whole} against a backtest of the same ${bars} bars: ${same} of ${entries} entries are the same.`);
  terminal.out(`Signals computed again: ${signals.compared}, different: ${signals.different}.`);
  if (differences.length > 0) terminal.out(textTable(COLUMNS, differences.map(row), terminal.width));
  const gap = runProfit - backtestProfit;
  terminal.out(`Profit ${money(runProfit)}, in the backtest ${money(backtestProfit)}: ${signed(gap)}, of which`);
  terminal.out(
    `  signal ${signed(totals.signal)}, entry price ${signed(totals.entryPrice)}, exit price ${signed(totals.exitPrice)}, ` +
      `latency ${signed(totals.latency)}, size ${signed(totals.size)}, cost ${signed(totals.cost)}`,
  );
  for (const note of notes) terminal.out(note);
}

const COLUMNS = [
  { title: 'DECIDED (UTC)' },
  { title: 'STRATEGY' },
  { title: 'ENTRY', align: 'right' },
  { title: 'BACKTEST', align: 'right' },
  { title: 'EXIT', align: 'right' },
  { title: 'BACKTEST', align: 'right' },
  { title: 'DELAY', align: 'right' },
  { title: 'PROFIT', align: 'right' },
  { title: 'MOSTLY' },
] as const;

function row({ decided, slot, run, backtest, delayMs, profit, effects }: Difference): readonly string[] {
  const causes = Object.keys(CAUSES) as (keyof typeof effects)[];
  const [cause] = causes.sort((a, b) => Math.abs(effects[b]) - Math.abs(effects[a]));
  const price = (outcome: Outcome | null, field: 'entryPrice' | 'exitPrice'): string =>
    amountText(outcome && Number(outcome[field].toPrecision(10)));
  return [
    shortTime(decided),
    slot,
    price(run, 'entryPrice'),
    price(backtest, 'entryPrice'),
    price(run, 'exitPrice'),
    price(backtest, 'exitPrice'),
    delayMs === null ? '-' : `${delayMs} ms`,
    signed(profit),
    CAUSES[cause],
  ];
}

const CAUSES: Readonly<Record<keyof Difference['effects'], string>> = {
  signal: 'signal',
  entryPrice: 'entry price',
  exitPrice: 'exit price',
  latency: 'latency',
  size: 'size',
  cost: 'cost',
};

function money(value: number): string {
  return value.toFixed(2);
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${money(value)}`;
}

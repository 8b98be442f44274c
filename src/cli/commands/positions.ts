import type { Command } from 'commander';
import type { JournalPosition } from '../../execution/journal/journal.ts';
import type { CommandContext } from '../command-context.ts';
import { addAccountOptions } from '../live/account.ts';
import { amountText, jsonRecord, type RecordFlags, withRecords } from '../live/records.ts';
import { shortTime, textTable } from '../text-table.ts';

export function registerPositions(parent: Command, context: CommandContext): void {
  addAccountOptions(parent.command('positions').description('show what a paper or live account holds'))
    .option('--run <number>', 'only those that this run changed last')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Reads the journal; the engine may run meanwhile. Prices are those of the last bar that the engine saw.

Examples:
  valvulin positions
  valvulin positions --account binance
  valvulin positions --json | jq '.positions[] | select(.stop_loss == null)'`,
    )
    .action((flags: RecordFlags) =>
      withRecords(flags, context, ({ account, journal, run }) => {
        const positions = journal.positions().filter((position) => run === undefined || position.run === run);
        const { terminal } = context;
        if (flags.json) {
          const rows = positions.map((position) => jsonRecord(position, ['time', 'entryTime']));
          terminal.out(JSON.stringify({ version: 1, account, positions: rows }));
        } else if (positions.length === 0) {
          terminal.out('No positions.');
        } else {
          terminal.out(textTable(COLUMNS, positions.map(row), terminal.width));
        }
      }),
    );
}

const COLUMNS = [
  { title: 'STRATEGY' },
  { title: 'SIDE' },
  { title: 'SINCE (UTC)' },
  { title: 'QUANTITY', align: 'right' },
  { title: 'ENTRY', align: 'right' },
  { title: 'PRICE', align: 'right' },
  { title: 'PROFIT', align: 'right' },
  { title: 'STOP', align: 'right' },
  { title: 'TARGET', align: 'right' },
] as const;

function row(position: JournalPosition): readonly string[] {
  const { slot, side, entryTime, quantity, entryPrice, price, profit, stopLoss, takeProfit } = position;
  const prices = [amountText(quantity), amountText(entryPrice), amountText(price), profit.toFixed(2)];
  return [slot, side, shortTime(entryTime), ...prices, amountText(stopLoss), amountText(takeProfit)];
}

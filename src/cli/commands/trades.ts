import type { Command } from 'commander';
import { strategyKey } from '../../core/config/index.ts';
import type { JournalTrade } from '../../execution/journal/journal.ts';
import type { CommandContext } from '../command-context.ts';
import { addAccountOptions } from '../live/account.ts';
import { amountText, jsonRecord, type RecordFlags, withRecords } from '../live/records.ts';
import { shortTime, textTable } from '../text-table.ts';

export function registerTrades(parent: Command, context: CommandContext): void {
  addAccountOptions(parent.command('trades').description('show the closed trades of a paper or live account'))
    .option('--run <number>', 'only those of one run')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Reads the journal; the engine may run meanwhile.

Examples:
  valvulin trades
  valvulin trades --account binance --run 3
  valvulin trades --json | jq '[.trades[].profit] | add'`,
    )
    .action((flags: RecordFlags) =>
      withRecords(flags, context, ({ account, journal, run }) => {
        const trades = [...journal.trades(run)];
        const { terminal } = context;
        if (flags.json) {
          const rows = trades.map((trade) => jsonRecord(trade, ['entryTime', 'exitTime']));
          terminal.out(JSON.stringify({ version: 1, account, trades: rows }));
        } else if (trades.length === 0) {
          terminal.out('No trades yet.');
        } else {
          const profit = trades.reduce((sum, trade) => sum + trade.profit, 0);
          terminal.out(textTable(COLUMNS, trades.map(row), terminal.width));
          terminal.out(
            `${trades.length} ${trades.length === 1 ? 'trade' : 'trades'}, profit ${profit.toFixed(2)} after fees`,
          );
        }
      }),
    );
}

const COLUMNS = [
  { title: 'RUN', align: 'right' },
  { title: 'CLOSED (UTC)' },
  { title: 'STRATEGY' },
  { title: 'SIDE' },
  { title: 'QUANTITY', align: 'right' },
  { title: 'ENTRY', align: 'right' },
  { title: 'EXIT', align: 'right' },
  { title: 'PROFIT', align: 'right' },
  { title: 'REASON' },
] as const;

function row(trade: JournalTrade): readonly string[] {
  const { run, symbol, timeframe, strategy, side, quantity, entryPrice, exitTime, exitPrice, profit } = trade;
  const prices = [amountText(quantity), amountText(entryPrice), amountText(exitPrice), profit.toFixed(2)];
  return [
    `${run}`,
    shortTime(exitTime),
    strategyKey({ symbol, timeframe, name: strategy }),
    side,
    ...prices,
    trade.exitReason,
  ];
}

import type { Command } from 'commander';
import { strategyKey } from '../../core/config/index.ts';
import type { JournalOrder } from '../../execution/journal/journal.ts';
import type { CommandContext } from '../command-context.ts';
import { addAccountOptions } from '../live/account.ts';
import { amountText, jsonRecord, type RecordFlags, withRecords } from '../live/records.ts';
import { shortTime, textTable } from '../text-table.ts';

interface Flags extends RecordFlags {
  readonly open?: boolean;
}

export function registerOrders(parent: Command, context: CommandContext): void {
  addAccountOptions(parent.command('orders').description('show the orders of a paper or live account'))
    .option('--run <number>', 'only those of one run')
    .option('--open', 'only those that still work')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Reads the journal; the engine may run meanwhile.

Examples:
  valvulin orders --open
  valvulin orders --account binance --run 3
  valvulin orders --json | jq '.orders[] | select(.status == "rejected")'`,
    )
    .action((flags: Flags) =>
      withRecords(flags, context, async ({ account, journal, run }) => {
        const { currentOrders } = await import('../../runs/live/earlier-runs.ts');
        const known = run === undefined ? currentOrders(journal) : journal.orders(run);
        const orders = known.filter(({ status }) => !flags.open || status === 'working');
        const { terminal } = context;
        if (flags.json) {
          const rows = orders.map((order) => jsonRecord(order, ['time']));
          terminal.out(JSON.stringify({ version: 1, account, orders: rows }));
        } else if (orders.length === 0) {
          terminal.out(flags.open ? 'No open orders.' : 'No orders yet.');
        } else {
          terminal.out(textTable(COLUMNS, orders.map(row), terminal.width));
        }
      }),
    );
}

const COLUMNS = [
  { title: 'RUN', align: 'right' },
  { title: 'ORDER', align: 'right' },
  { title: 'TIME (UTC)' },
  { title: 'STRATEGY' },
  { title: 'SIDE' },
  { title: 'FOR' },
  { title: 'QUANTITY', align: 'right' },
  { title: 'PRICE', align: 'right' },
  { title: 'FILLED', align: 'right' },
  { title: 'STATUS' },
] as const;

function row(order: JournalOrder): readonly string[] {
  const { run, id, time, symbol, timeframe, strategy, side, role, quantity, price, filled, status } = order;
  const owner = strategyKey({ symbol, timeframe, name: strategy });
  const amounts = [amountText(quantity), amountText(price), amountText(filled)];
  return [`${run}`, `${id}`, shortTime(time), owner, side, role, ...amounts, status];
}

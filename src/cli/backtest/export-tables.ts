import { join } from 'node:path';
import { toSnake } from '../../core/config/index.ts';
import type { Table, TableColumn } from '../../data/index.ts';
import type { BacktestResult } from '../../execution/types.ts';

/**
 * Writes `trades`, `orders`, `fills` and `equity` of an account as CSV and Parquet; returns the files.
 * @throws ValvulinError `VLV_DATA_FILE`
 */
export async function exportResult(result: BacktestResult, folder: string): Promise<string[]> {
  const { writeCsvTable, writeParquetTable } = await import('../../data/index.ts');
  const files: string[] = [];
  for (const [name, table] of Object.entries(resultTables(result))) {
    const csv = join(folder, `${name}.csv`);
    const parquet = join(folder, `${name}.parquet`);
    writeCsvTable(csv, table);
    await writeParquetTable(parquet, table);
    files.push(csv, parquet);
  }
  return files;
}

export function resultTables(result: BacktestResult): Record<'trades' | 'orders' | 'fills' | 'equity', Table> {
  return {
    trades: recordTable(result.trades, TRADE_COLUMNS),
    orders: recordTable(result.orders, ORDER_COLUMNS),
    fills: recordTable(result.fills, FILL_COLUMNS),
    equity: [
      { name: 'time', type: 'time', values: result.time },
      { name: 'equity', type: 'number', values: result.equityCurve },
      { name: 'drawdown', type: 'number', values: result.drawdownCurve },
      { name: 'exposure', type: 'number', values: result.exposure },
    ],
  };
}

type Kind = TableColumn['type'] | 'flag';
type Columns<T> = { readonly [K in keyof T]-?: Kind };

const TRADE_COLUMNS: Columns<BacktestResult['trades'][number]> = {
  id: 'number',
  symbol: 'text',
  timeframe: 'text',
  strategy: 'text',
  side: 'text',
  quantity: 'number',
  entryTime: 'time',
  entryPrice: 'number',
  entryBar: 'number',
  exitTime: 'time',
  exitPrice: 'number',
  exitBar: 'number',
  exitReason: 'text',
  fees: 'number',
  profit: 'number',
  profitPct: 'number',
  risk: 'number',
  rMultiple: 'number',
  stopLoss: 'number',
  takeProfit: 'number',
  mae: 'number',
  mfe: 'number',
  tag: 'text',
  ambiguous: 'flag',
  open: 'flag',
};

const ORDER_COLUMNS: Columns<BacktestResult['orders'][number]> = {
  id: 'number',
  time: 'time',
  symbol: 'text',
  timeframe: 'text',
  strategy: 'text',
  side: 'text',
  type: 'text',
  role: 'text',
  quantity: 'number',
  price: 'number',
  status: 'text',
  filled: 'number',
  reason: 'text',
};

const FILL_COLUMNS: Columns<BacktestResult['fills'][number]> = {
  time: 'time',
  symbol: 'text',
  timeframe: 'text',
  strategy: 'text',
  orderId: 'number',
  side: 'text',
  quantity: 'number',
  price: 'number',
  fee: 'number',
};

/** One column for each key of the records; the types above make a new key of a record a compile error here. */
function recordTable<T extends object>(records: readonly T[], columns: Columns<T>): Table {
  return (Object.keys(columns) as (keyof T & string)[]).map((key): TableColumn => {
    const kind = columns[key];
    const name = toSnake(key);
    const values = records.map((record) => record[key]);
    if (kind === 'text')
      return { name, type: kind, values: values.map((value) => (value === null ? null : String(value))) };
    if (kind === 'flag') return { name, type: 'number', values: values.map((value) => (value === true ? 1 : 0)) };
    return { name, type: kind, values: values.map((value) => (typeof value === 'number' ? value : null)) };
  });
}

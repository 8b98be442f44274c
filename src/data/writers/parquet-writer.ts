import type { Bars } from '../../core/bars.ts';
import { CSV_HEADER } from './csv-writer.ts';
import { writeAtomically } from './atomic-file.ts';
import type { Table, TableColumn } from './table.ts';

/**
 * Writes bars as Parquet (Snappy): `timestamp` as milliseconds in UTC, the others as doubles. Replaces the file in one step.
 * @throws ValvulinError `VLV_DATA_FILE`
 */
export async function writeParquet(path: string, bars: Bars): Promise<void> {
  const { time, open, high, low, close, volume } = bars;
  const columns = [time, open, high, low, close, volume];
  const table = CSV_HEADER.split(',').map(
    (name, i): TableColumn => ({ name, type: i === 0 ? 'time' : 'number', values: columns[i] }),
  );
  await writeParquetTable(path, table);
}

/** Writes any table as Parquet. @throws ValvulinError `VLV_DATA_FILE` */
export async function writeParquetTable(path: string, table: Table): Promise<void> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const schema = [{ name: 'root', num_children: table.length }, ...table.map(schemaElement)];
  const columnData = table.map((column) => ({ name: column.name, data: columnValues(column) }));
  const buffer = parquetWriteBuffer({ columnData, schema });
  writeAtomically(path, () => [new Uint8Array(buffer)]);
}

function schemaElement({ name, type }: TableColumn) {
  const base = { name, repetition_type: 'OPTIONAL' as const };
  if (type === 'number') return { ...base, type: 'DOUBLE' as const };
  if (type === 'text') {
    return {
      ...base,
      type: 'BYTE_ARRAY' as const,
      converted_type: 'UTF8' as const,
      logical_type: { type: 'STRING' as const },
    };
  }
  return {
    ...base,
    type: 'INT64' as const,
    converted_type: 'TIMESTAMP_MILLIS' as const,
    logical_type: { type: 'TIMESTAMP' as const, isAdjustedToUTC: true, unit: 'MILLIS' as const },
  };
}

function columnValues({ type, values }: TableColumn): unknown[] {
  const empty = (value: number | string | null) => value === null || Number.isNaN(value);
  return Array.from(values as ArrayLike<number | string | null>, (value) => {
    if (empty(value)) return null;
    return type === 'time' ? new Date(Number(value)) : value;
  });
}

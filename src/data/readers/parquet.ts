import { ValvulinError } from '../../core/errors.ts';
import { rawFromCells } from './cells.ts';
import { resolveColumns, resolveGivenColumns } from './column-names.ts';
import type { Source } from './source.ts';
import type { RawBars } from './types.ts';

/** Timestamps of every unit come out as epoch ms, in place of `Date` objects. */
const parsers = {
  timestampFromMilliseconds: (value: bigint): number => Number(value),
  timestampFromMicroseconds: (value: bigint): number => Number(value / 1_000n),
  timestampFromNanoseconds: (value: bigint): number => Number(value / 1_000_000n),
  dateFromDays: (days: number): number => days * 86_400_000,
};

/**
 * Reads a Parquet file whose columns are named like those of a CSV file; times may be timestamps of any unit, dates, or
 * whole epoch numbers.
 * @throws ValvulinError `VLV_DATA_FORMAT`, `VLV_DATA_VALUE`
 */
export async function readParquet(source: Source, given: readonly string[] | undefined): Promise<RawBars> {
  const { parquetMetadata, parquetRead } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const bytes = source.whole();
  const file = new Uint8Array(bytes).buffer;
  try {
    const metadata = parquetMetadata(file);
    const leaves = metadata.schema.slice(1);
    const names = leaves.map(({ name }) => name);
    const slots = given ? resolveGivenColumns(given, names.length, source.path) : resolveColumns(names, source.path);
    const wanted = slots.flatMap((column) => (column < 0 ? [] : [names[column]]));
    const rows = Number(metadata.num_rows);
    const columns = new Map(wanted.map((name) => [name, new Array<unknown>(rows)]));
    await parquetRead({
      file,
      metadata,
      compressors,
      parsers,
      columns: wanted,
      onChunk({ columnName, columnData, rowStart }) {
        const out = columns.get(columnName);
        if (out) for (let i = 0; i < columnData.length; i++) out[rowStart + i] = columnData[i];
      },
    });
    const isTimestamp = (column: number): boolean => {
      const { logical_type: logical, converted_type: converted } = leaves[column];
      return logical?.type === 'TIMESTAMP' || logical?.type === 'DATE' || /^(TIMESTAMP|DATE)/.test(converted ?? '');
    };
    const logical = leaves[slots[0]].logical_type;
    const notes =
      logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC ? ['Times have no offset and were read as UTC.'] : [];
    const cell = (column: number, row: number): unknown => columns.get(names[column])?.[row];
    return rawFromCells({ file: source.path, format: 'parquet', rows, names, slots, cell, isTimestamp }, notes);
  } catch (cause) {
    if (cause instanceof ValvulinError) throw cause;
    throw new ValvulinError('VLV_DATA_FORMAT', 'Expected a Parquet file, got one that cannot be decoded', {
      where: source.path,
      hint: cause instanceof Error ? cause.message : 'The file may be cut short.',
      cause,
    });
  }
}

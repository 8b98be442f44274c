import { ValvulinError } from '../../core/errors.ts';
import { rawFromCells } from './cells.ts';
import { resolveColumns, resolveGivenColumns } from './column-names.ts';
import { decodeLz4Frame } from './lz4-frame.ts';
import type { Source } from './source.ts';
import type { RawBars } from './types.ts';

/**
 * Reads an Arrow IPC file (feather version 2), plain or with LZ4 or Zstandard bodies.
 * @throws ValvulinError `VLV_DATA_FORMAT`, `VLV_DATA_VALUE`
 */
export async function readArrow(source: Source, given: readonly string[] | undefined): Promise<RawBars> {
  // Loaded here, because it is large and few files need it.
  const arrow = await import('apache-arrow');
  const { decompressZstd } = await import('hyparquet-compressors');
  arrow.compressionRegistry.set(arrow.CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
  arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, { decode: (data) => decompressZstd(data) });
  try {
    const table = arrow.tableFromIPC(source.whole());
    const { fields } = table.schema;
    const names = fields.map(({ name }) => name);
    const slots = given ? resolveGivenColumns(given, names.length, source.path) : resolveColumns(names, source.path);
    const columns = names.map((_, column) => (slots.includes(column) ? table.getChildAt(column) : null));
    // The library hands timestamps of every unit out as epoch ms.
    const isTimestamp = (column: number): boolean =>
      arrow.DataType.isTimestamp(fields[column].type) || arrow.DataType.isDate(fields[column].type);
    const type: unknown = fields[slots[0]].type;
    const zoneless = arrow.DataType.isTimestamp(type) && !type.timezone;
    const cell = (column: number, row: number): unknown => columns[column]?.get(row);
    return rawFromCells(
      { file: source.path, format: 'arrow', rows: table.numRows, names, slots, cell, isTimestamp },
      zoneless ? ['Times have no offset and were read as UTC.'] : [],
    );
  } catch (cause) {
    if (cause instanceof ValvulinError) throw cause;
    throw new ValvulinError('VLV_DATA_FORMAT', 'Expected an Arrow file, got one that cannot be decoded', {
      where: source.path,
      hint: cause instanceof Error ? cause.message : 'The file may be cut short.',
      cause,
    });
  }
}

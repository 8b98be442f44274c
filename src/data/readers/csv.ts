import { ValvulinError } from '../../core/errors.ts';
import { csvLayout } from './csv-layout.ts';
import { cellError, type CsvPlan, CsvSink, numberFromText, readCsvLines, refuseExtraText } from './csv-numbers.ts';
import { epochToMs } from './epoch.ts';
import { isoTextToMs } from './iso-time.ts';
import type { Source } from './source.ts';
import { CLOSE_TIME_SLOT, type RawBars, SLOTS } from './types.ts';

/**
 * Reads a delimited text file: comma, semicolon, tab or bar; with a header in any column order, or a Binance archive
 * without one, or any order named by `columns`.
 * @throws ValvulinError `VLV_DATA_FORMAT`, `VLV_DATA_VALUE`
 */
export async function readCsv(source: Source, columns: readonly string[] | undefined): Promise<RawBars> {
  const bom = source.head[0] === 0xef && source.head[1] === 0xbb && source.head[2] === 0xbf ? 3 : 0;
  const head = new TextDecoder().decode(source.head.subarray(bom));
  if (head.includes('"') && !head.includes('{"')) return readQuotedCsv(source, columns);
  const lines = head.split('\n', 12).map((line) => line.replace(/\r$/, ''));
  const layout = csvLayout(lines, source.path, columns);
  const lineLength = Math.max(20, (lines[layout.skip] ?? '').length);
  const sink = new CsvSink(Math.ceil((source.size / lineLength) * 1.05) + 16, layout.skip);
  let skip = layout.skip;
  let start = bom;
  for (const piece of source.lines()) {
    for (; skip > 0 && start < piece.length; skip--) start = piece.indexOf(10, start) + 1;
    if (start < piece.length) readCsvLines(piece, start, piece.length, layout.plan, sink);
    start = 0;
  }
  return finish(sink, layout.plan, layout.format, layout.notes, layout.skip);
}

/** The dialects with quoted cells: slower, cell by cell. */
async function readQuotedCsv(source: Source, columns: readonly string[] | undefined): Promise<RawBars> {
  const { parse } = await import('csv-parse/sync');
  const text = new TextDecoder().decode(source.whole());
  const firstLine = text.slice(0, text.indexOf('\n') + 1 || text.length).replace(/"[^"]*"/g, '');
  const delimiter = [',', ';', '\t', '|'].find((d) => firstLine.includes(d)) ?? ',';
  let records: string[][];
  try {
    records = parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      comment: '#',
      comment_no_infix: true,
    });
  } catch (cause) {
    throw new ValvulinError('VLV_DATA_FORMAT', 'Expected a delimited text file, got one whose quotes do not match', {
      where: source.path,
      hint: cause instanceof Error ? cause.message : 'The file may be damaged.',
      cause,
    });
  }
  // No delimiter inside a cell survives here, so that the layout can be found from joined lines as for plain files.
  const lines = records
    .slice(0, 12)
    .map((record) => record.map((cell) => cell.replaceAll(delimiter, ' ')).join(delimiter));
  const layout = csvLayout(lines, source.path, columns);
  const { plan } = layout;
  const sink = new CsvSink(records.length + 1, layout.skip);
  for (const record of records.slice(layout.skip)) {
    sink.line++;
    refuseExtraText(record.slice(plan.names.length).join(''), plan, sink.line);
    plan.roles.forEach((slot, c) => {
      if (slot >= 0) sink.cells[slot * sink.capacity + sink.rows] = quotedCell(record[c] ?? '', slot, c, plan, sink);
    });
    sink.rows++;
  }
  return finish(sink, plan, layout.format, [...layout.notes, 'Cells are quoted.'], layout.skip);
}

function quotedCell(text: string, slot: number, column: number, plan: CsvPlan, sink: CsvSink): number {
  const trimmed = text.trim();
  if (slot === CLOSE_TIME_SLOT && trimmed === '') return Number.NaN;
  const isText = slot === 0 ? plan.textTime : slot === CLOSE_TIME_SLOT && plan.textCloseTime;
  const value = isText ? isoTextToMs(trimmed, sink.seen) : numberFromText(trimmed);
  if (value === undefined || ((isText || slot === 0) && !Number.isFinite(value))) {
    throw cellError(text, plan.names[column], slot, `${plan.file}, line ${sink.line}`);
  }
  return value;
}

function finish(sink: CsvSink, plan: CsvPlan, format: string, layoutNotes: readonly string[], skip: number): RawBars {
  const notes = [...layoutNotes];
  const { rows, seen } = sink;
  const [time, open, high, low, close, volume, closeTime] = SLOTS.map((_, slot) => sink.column(slot));
  const where = (row: number) => `${plan.file}, row ${row + 1} (line ${row + 1 + skip})`;
  if (plan.textTime) {
    if (seen.withoutOffset > 0) notes.push('Times have no offset and were read as UTC.');
  } else {
    const unit = epochToMs(time, rows, where);
    if (unit && unit !== 'milliseconds') notes.push(`Times are in ${unit}.`);
  }
  const hasCloseTime = plan.roles.includes(CLOSE_TIME_SLOT);
  if (hasCloseTime) {
    if (!plan.textCloseTime) epochToMs(closeTime, rows, where);
    let empty = 0;
    for (let i = 0; i < rows; i++) if (Number.isNaN(closeTime[i])) empty++;
    if (empty > 0) notes.push(`${empty} of ${rows} rows have empty fields at their end; the bar itself is whole.`);
  }
  return { format, notes, rows, time, open, high, low, close, volume, closeTime: hasCloseTime ? closeTime : null };
}

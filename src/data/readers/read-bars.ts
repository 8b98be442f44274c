import { ValvulinError } from '../../core/errors.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { checkColumns, hasDefects, type QualityReport } from '../quality.ts';
import { readArrow } from './arrow.ts';
import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { labelFromPath } from './labels.ts';
import { fileOrder } from './order.ts';
import { readParquet } from './parquet.ts';
import { repair } from './repair.ts';
import { openSource } from './source.ts';
import { timeframeFromSpacing } from './spacing.ts';
import type { RawBars, ReadOptions, ReadResult } from './types.ts';

/**
 * Reads one file of bars: CSV, JSON, Parquet or Arrow, plain or compressed; what it is, is found from its content.
 * Symbol and timeframe come from the options, else from the file name (`BTCUSDT_1h.csv`), the timeframe at last from the
 * spacing of the bars. Repairs only what is safe and says so in the notes.
 * @throws ValvulinError `VLV_DATA_FILE`, `VLV_DATA_FORMAT`, `VLV_DATA_VALUE`; `VLV_DATA_DEFECT` where a bar is impossible
 *   (no reader may repair a price), and with `strict` for any defect
 */
export async function readBars(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  return refuseDefects(await inspectBars([path], options), path, options.strict ?? false);
}

/** Reads several files, such as monthly archives, as one series. @throws ValvulinError as `readBars` */
export async function readBarsFrom(paths: readonly string[], options: ReadOptions = {}): Promise<ReadResult> {
  const result = await inspectBars(paths, options);
  return refuseDefects(
    result,
    paths.length === 1 ? paths[0] : `${paths[0]} and ${paths.length - 1} more`,
    options.strict ?? false,
  );
}

/** The same without refusing defective bars: for reports on quality. */
export async function inspectBars(paths: readonly string[], options: ReadOptions = {}): Promise<ReadResult> {
  if (paths.length === 0) throw new ValvulinError('VLV_DATA_FILE', 'Expected at least one file, got "none"');
  const parts: RawBars[] = [];
  for (const path of paths) parts.push(await readRaw(path, options.columns));
  const notes: string[] = [];
  const raw = joinParts(parts, paths, notes);
  const label = commonLabel(paths, options);
  const { order } = fileOrder(raw.time, raw.rows);
  const sorted = order ? Float64Array.from(order, (row) => raw.time[row]) : raw.time;
  const spacing = timeframeFromSpacing(sorted);
  const labelled = options.timeframe ?? label.timeframe;
  if (!labelled && !spacing) {
    throw new ValvulinError('VLV_DATA_FORMAT', 'Expected a timeframe, got bars too few or too uneven to show one', {
      where: paths[0],
      hint: 'Name the timeframe, for example --timeframe 1h, or in the file name: BTCUSDT_1h.csv.',
    });
  }
  const check = { closeTimes: raw.closeTime, ...(options.fetchTime !== undefined && { fetchTime: options.fetchTime }) };
  let timeframe: Timeframe = (labelled ?? spacing) as Timeframe;
  let quality = checkColumns(label.symbol, timeframe, raw, raw.rows, check);
  if (quality.wrongTimeframe) {
    // Every other count is meaningless against a wrong label: they are taken against the real spacing.
    const { wrongTimeframe } = quality;
    timeframe = wrongTimeframe.spacing;
    quality = withWrongLabel(checkColumns(label.symbol, timeframe, raw, raw.rows, check), quality);
    notes.push(
      `The label says ${wrongTimeframe.label}, but the bars are ${timeframe} apart; they were read as ${timeframe}.`,
    );
  } else if (!labelled) notes.push(`The timeframe ${timeframe} was found from the spacing of the bars.`);
  const repaired = repair(raw, label.symbol, timeframe, quality, options.shared ?? false);
  return { bars: repaired.bars, notes: [...raw.notes, ...notes, ...repaired.notes], quality, format: raw.format };
}

async function readRaw(path: string, columns: readonly string[] | undefined): Promise<RawBars> {
  const source = openSource(path);
  const magic = String.fromCharCode(...source.head.subarray(0, 6));
  if (magic.startsWith('PAR1')) return readParquet(source, columns);
  if (magic === 'ARROW1') return readArrow(source, columns);
  if (/^\s*[[{]/.test(magic)) return readJson(source, columns);
  return readCsv(source, columns);
}

function withWrongLabel(actual: QualityReport, labelled: QualityReport): QualityReport {
  const finding = labelled.findings.find(({ code }) => code === 'wrong_timeframe');
  return {
    ...actual,
    wrongTimeframe: labelled.wrongTimeframe,
    findings: finding ? [finding, ...actual.findings] : actual.findings,
  };
}

/** Joins parts into one, each turned to oldest first, the parts ordered by their first bar. */
function joinParts(parts: readonly RawBars[], paths: readonly string[], notes: string[]): RawBars {
  if (parts.length === 1) return parts[0];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const allClose = parts.every((part) => part.closeTime !== null);
  const columns = Array.from({ length: 7 }, () => new Float64Array(rows));
  const turned = parts.map((part, i) => ({ part, path: paths[i], order: fileOrder(part.time, part.rows) }));
  for (const { path, order } of turned) {
    if (order.newestFirst) notes.push(`The file "${path}" is newest first and was turned round.`);
  }
  const firstTime = ({ part, order }: (typeof turned)[number]) => part.time[order.order?.[0] ?? 0];
  turned.sort((a, b) => firstTime(a) - firstTime(b));
  let offset = 0;
  for (const { part, order } of turned) {
    const sources = [part.time, part.open, part.high, part.low, part.close, part.volume, part.closeTime];
    sources.forEach((source, slot) => {
      if (!source) return;
      if (!order.newestFirst) columns[slot].set(source, offset);
      else for (let i = 0; i < part.rows; i++) columns[slot][offset + i] = source[part.rows - 1 - i];
    });
    offset += part.rows;
  }
  const [time, open, high, low, close, volume, closeTime] = columns;
  const formats = [...new Set(parts.map((part) => part.format))];
  const partNotes = parts.flatMap((part) => part.notes);
  const counted = [...new Set(partNotes)].map((note) => {
    const files = partNotes.filter((other) => other === note).length;
    return files === parts.length ? note : `${note} (${files} of ${parts.length} files)`;
  });
  notes.push(`${parts.length} files were read as one series.`);
  return {
    format: formats.join('+'),
    notes: counted,
    rows,
    time,
    open,
    high,
    low,
    close,
    volume,
    closeTime: allClose ? closeTime : null,
  };
}

function commonLabel(
  paths: readonly string[],
  options: ReadOptions,
): { symbol: string; timeframe: Timeframe | undefined } {
  const labels = paths.map(labelFromPath);
  const symbols = [...new Set(labels.flatMap(({ symbol }) => symbol ?? []))];
  const timeframes = [...new Set(labels.flatMap(({ timeframe }) => timeframe ?? []))];
  const symbol = options.symbol ?? symbols[0];
  if ((!options.symbol && symbols.length > 1) || (!options.timeframe && timeframes.length > 1)) {
    const several = symbols.length > 1 ? symbols : timeframes;
    throw new ValvulinError('VLV_DATA_FORMAT', `Expected files of one series, got "${several.join('", "')}"`, {
      where: paths[0],
      hint: 'Read the files of each symbol and timeframe by themselves.',
    });
  }
  if (!symbol) {
    throw new ValvulinError('VLV_DATA_FORMAT', `Expected a file name with a symbol, got "${paths[0]}"`, {
      where: paths[0],
      hint: 'Name the symbol with --symbol BTCUSDT, or call the file BTCUSDT_1h.csv.',
    });
  }
  return { symbol, timeframe: timeframes[0] };
}

function refuseDefects(result: ReadResult, where: string, strict: boolean): ReadResult {
  const { quality } = result;
  const fatal = new Set(strict ? [] : ['impossible_range', 'non_finite', 'non_positive_price']);
  const refused = quality.findings.filter((f) => f.severity === 'defect' && (strict || fatal.has(f.code)));
  if (refused.length === 0 || !hasDefects(quality)) return result;
  throw new ValvulinError(
    'VLV_DATA_DEFECT',
    `Expected sound bars, got "${refused[0].code}": ${refused.map((f) => f.message).join(' ')}`,
    {
      where,
      hint: strict
        ? 'Without --strict what is safe to repair is repaired; valvulin data verify shows everything.'
        : 'No reader may repair a price. valvulin data verify shows what was found; get the file from its source again.',
    },
  );
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ValvulinError } from '../../core/errors.ts';
import { type Timeframe, timeframeMs, toTimeframe } from '../../core/timeframe.ts';

/** A series of the lake and the files that belong to it. */
export interface SeriesName {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly path: string;
  readonly cachePath: string;
  readonly lockPath: string;
}

/**
 * Names the files of a series. A month is written `1mo`, because `1M` and `1m` are one name on some disks.
 * @throws ValvulinError `VLV_DATA_FILE` where the symbol cannot be part of a file name
 */
export function seriesName(folder: string, symbol: string, timeframe: Timeframe): SeriesName {
  if (!/^[\p{L}\p{N}]+$/u.test(symbol)) {
    throw new ValvulinError('VLV_DATA_FILE', `Expected a symbol of letters and digits, got "${symbol}"`, {
      where: folder,
    });
  }
  const name = `${symbol}_${timeframe.replace('M', 'mo')}`;
  return {
    symbol,
    timeframe,
    path: join(folder, `${name}.csv`),
    cachePath: join(folder, '.cache', `${name}.bars`),
    lockPath: join(folder, `.${name}.lock`),
  };
}

/** All series in the folder, by symbol and rising timeframe; none where there is no folder. */
export function storedSeries(folder: string): SeriesName[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new ValvulinError('VLV_DATA_FILE', `Expected a readable folder, got "${folder}"`, {
      where: folder,
      cause: error,
    });
  }
  return names
    .flatMap((name) => {
      const match = /^([\p{L}\p{N}]+)_([1-9]\d{0,3}(?:mo|[smhdw]))\.csv$/u.exec(name);
      return match ? [seriesName(folder, match[1], toTimeframe(match[2].replace('mo', 'M')))] : [];
    })
    .sort((a, b) =>
      a.symbol === b.symbol ? timeframeMs(a.timeframe) - timeframeMs(b.timeframe) : a.symbol < b.symbol ? -1 : 1,
    );
}

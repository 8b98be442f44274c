import { unpack } from './unpack.js';

/** A level as the chart library wants it; unpacked when it is first shown. */
export function levelReader() {
  const known = new Map();
  return (level) => {
    if (!known.has(level)) known.set(level, read(level));
    return known.get(level);
  };
}

function read(level) {
  const columns = {};
  for (const [name, column] of Object.entries(level.columns)) columns[name] = unpack(column);
  const { time, open, high, low, close } = columns;
  const candles = Array.from(time, (t, i) => ({
    time: t,
    open: open[i],
    high: high[i],
    low: low[i],
    close: close[i],
  }));
  return {
    from: level.from,
    per: level.per,
    length: time.length,
    columns,
    candles,
    indicators: level.indicators.map(unpack),
  };
}

/** Trades as objects, from the rows that chart-data.ts writes. */
export function tradesOf(data) {
  return data.trades.map(
    ([
      id,
      side,
      entryBar,
      exitBar,
      entryPrice,
      exitPrice,
      quantity,
      profit,
      r,
      stop,
      target,
      entry,
      exit,
      reason,
      open,
    ]) => ({
      id,
      side,
      entryBar,
      exitBar,
      entryPrice,
      exitPrice,
      quantity,
      profit,
      r,
      stop,
      target,
      entry,
      exit,
      reason,
      open: open === 1,
    }),
  );
}

import type { BarColumns } from '../../src/core/bars.ts';

/** What the rooms computed on the same bars: one digest of all bits for each thing that was run. */
export type Digests = Record<string, string>;

/**
 * Runs what the pure rooms offer and digests every answer. The rooms are imported here, late, so that a worker thread
 * can take its clock away before they load.
 */
export async function runRooms(columns: BarColumns): Promise<Digests> {
  const { Bars } = await import('../../src/core/bars.ts');
  const { resample } = await import('../../src/core/resample.ts');
  const bars = new Bars('BTCUSDT', '1h', columns);
  const digests: Digests = {};
  for (const timeframe of ['4h', '1d', '1w', '1M'] as const) {
    digests[`resample ${timeframe}`] = digest(Object.values(columnsOf(resample(bars, timeframe))));
  }
  await runIndicators(columns, digests);
  await runStrategies(bars, digests);
  await runEngine(bars, digests);
  return digests;
}

async function runIndicators(columns: BarColumns, digests: Digests): Promise<void> {
  const room: Record<string, unknown> = await import('../../src/indicators/index.ts');
  const { runBatch } = await import('../../src/indicators/indicator.ts');
  type Definition = Parameters<typeof runBatch>[0] & { readonly defaults: object };
  const inputs = { ...columns, value: columns.close, a: columns.close, b: columns.open };
  for (const [name, value] of Object.entries(room)) {
    if (!name.endsWith('Indicator')) continue;
    const definition = value as Definition;
    digests[name] = digest(Object.values(runBatch(definition, inputs, definition.defaults)));
  }
}

async function runStrategies(bars: InstanceType<typeof import('../../src/core/bars.ts').Bars>, digests: Digests) {
  const room: Record<string, unknown> = await import('../../src/strategies/index.ts');
  const { BaseStrategy } = await import('../../src/strategies/base.ts');
  for (const [name, value] of Object.entries(room)) {
    if (typeof value !== 'function' || !(value.prototype instanceof BaseStrategy)) continue;
    const strategy = new (value as new () => InstanceType<typeof BaseStrategy>)();
    if (!strategy.generateSignals) continue;
    const { signal, columns } = strategy.run(bars);
    digests[name] = digest([signal, ...Object.values(columns)]);
  }
}

/** The engine over the whole history, with everything on that makes it decide: stops, targets, limits, partial exits. */
async function runEngine(bars: InstanceType<typeof import('../../src/core/bars.ts').Bars>, digests: Digests) {
  const { Backtester } = await import('../../src/execution/index.ts');
  const { EMAMACDStrategy } = await import('../../src/strategies/index.ts');
  const result = new Backtester(bars, {
    orders: {
      sizing: { kind: 'risk', percent: 1 },
      stop: { atr: 2 },
      targetRatio: 3,
      breakEvenAtR: 1,
      partialExits: [{ atR: 1.5, fraction: 0.5 }],
    },
    fills: { volumeCap: 0.1 },
    risk: { maxPosition: 0.5, maxDailyLossPct: 2, cooldownLosses: 3, cooldownBars: 12 },
  }).run(new EMAMACDStrategy());
  const { trades, orders, fills, refusals } = result;
  const records = new TextEncoder().encode(JSON.stringify({ trades, orders, fills, refusals }));
  digests.engine = `${trades.length} trades, ${digest([result.time, result.equityCurve, result.exposure, records])}`;
}

function columnsOf({ time, open, high, low, close, volume }: BarColumns): BarColumns {
  return { time, open, high, low, close, volume };
}

/** FNV-1a over the bytes of all columns: enough to see that two runs differ in a bit. */
function digest(
  columns: Iterable<{
    readonly buffer: ArrayBufferLike;
    readonly byteOffset: number;
    readonly byteLength?: number;
    readonly length: number;
  }>,
): string {
  let hash = 0x811c9dc5;
  let count = 0;
  for (const { buffer, byteOffset, byteLength, length } of columns) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength ?? length * 8)) {
      hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    }
    count += length;
  }
  return `${count} values, ${hash.toString(16)}`;
}

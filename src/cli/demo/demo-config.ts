import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Playground } from '../exchange/playground.ts';

export type DemoMode = 'paper' | 'live';

export const DEMO_SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] as const;
/** Quote money of each engine. */
export const DEMO_CAPITAL = 10_000;

/** Strategies that trade often enough to watch: short lengths on one-minute bars. */
const STRATEGIES = [
  {
    name: 'ema-macd',
    handler: 'strategies:EMAMACDStrategy',
    parameters: { ema_short: 4, ema_long: 10, macd_signal: 4 },
  },
  {
    name: 'momentum',
    handler: 'strategies:MomentumBurstStrategy',
    parameters: { burst: 0.8, close_part: 0.6, volume_factor: 0.8, exit_length: 4 },
  },
];

/** Folders of the two engines, each with the same config but for where orders go; gone when the demo ends. */
export function writeDemo({ server, apiKey, secret }: Playground): {
  readonly root: string;
  readonly folder: (mode: DemoMode) => string;
} {
  const root = mkdtempSync(join(tmpdir(), 'valvulin-demo-'));
  const folder = (mode: DemoMode): string => join(root, mode);
  for (const mode of ['paper', 'live'] as const) {
    mkdirSync(folder(mode));
    writeFileSync(join(folder(mode), 'config.yaml'), configText(server, mode));
  }
  const keys = join(folder('live'), 'keys.json');
  writeFileSync(keys, JSON.stringify({ venue: 'local', api_key: apiKey, api_secret: secret }), { mode: 0o600 });
  chmodSync(keys, 0o600);
  return { root, folder };
}

/** JSON, which YAML contains. */
function configText({ rest, ws }: Playground['server'], mode: DemoMode): string {
  const strategies = DEMO_SYMBOLS.flatMap((symbol) =>
    STRATEGIES.map((strategy) => ({
      ...strategy,
      symbol,
      timeframe: '1m',
      allocation: 0.16,
      sizing: { percent: 90 },
      stop: { percent: 0.4 },
      rr_ratio: 1.5,
    })),
  );
  // Deadlines are exchange time, which runs fast here while this machine and its network do not.
  const params = { endpoints: { rest, ws }, late_after_ms: 50_000, slice_deadline_ms: 30_000 };
  return JSON.stringify(
    {
      version: 1,
      data_feeds: [{ name: 'exchange', type: 'binance-live', params }],
      strategies,
      execution: {
        mode,
        capital: DEMO_CAPITAL,
        ...(mode === 'live' ? { venue: 'local', url: rest, keys_file: 'keys.json' } : {}),
      },
    },
    null,
    2,
  );
}

import { join } from 'node:path';
import { ValvulinError } from '../../core/errors.ts';
import { storedSeries } from '../../data/lake/names.ts';
import type { Terminal } from '../terminal.ts';
import { type LoadedConfig, loadConfig, parseConfig } from './load-config.ts';

type Env = Readonly<Record<string, string | undefined>>;

const DATA_DIR = join('data', 'history');
const QUOTE = 'USDT';

/**
 * The config as `loadConfig` finds it. In a folder that has none, but a downloaded history, it is one that runs the
 * first built-in strategy on what is stored, in equal shares, so that a download can be backtested as it is.
 * @throws ValvulinError as `loadConfig`
 */
export function loadConfigOrHistory(
  given: string | undefined,
  env: Env,
  cwd: string,
  terminal: Pick<Terminal, 'note'>,
): LoadedConfig {
  try {
    return loadConfig(given, env, cwd);
  } catch (error) {
    const none = error instanceof ValvulinError && error.code === 'VLV_CONFIG_FILE';
    if (!none || given !== undefined || env.VALVULIN_CONFIG) throw error;
    const stored = storedSeries(join(cwd, DATA_DIR)).filter(({ symbol }) => symbol.endsWith(QUOTE));
    if (stored.length === 0) throw error;
    const names = stored.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`).join(', ');
    terminal.note(`No config.yaml here: EMAMACDStrategy on the stored history (${names}).`);
    return { config: parseConfig(DATA_DIR, historyConfig(stored), {}), file: DATA_DIR, baseDir: cwd };
  }
}

function historyConfig(stored: ReturnType<typeof storedSeries>): string {
  return JSON.stringify({
    version: 1,
    data_feeds: [
      {
        name: 'binance-public',
        type: 'binance-public',
        symbols: [...new Set(stored.map(({ symbol }) => symbol))],
        params: { data_dir: DATA_DIR, cache: true },
      },
    ],
    strategies: stored.map(({ symbol, timeframe }) => ({
      name: 'ema-macd',
      symbol,
      timeframe,
      handler: 'strategies:EMAMACDStrategy',
      allocation: 1 / stored.length,
    })),
    risk: { max_position: 1, default_stop: { atr: 2 } },
    execution: { capital: 10_000, quote: QUOTE, commission_pct: 0.1, slippage_bps: 2 },
    backtester: { risk_per_trade_pct: 1, rr_ratio: 2, sl_ratio: 1 },
  });
}

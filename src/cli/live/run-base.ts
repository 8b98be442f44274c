import { ValvulinError } from '../../core/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load-config.ts';

const DATA_DIR = 'data/history';

/** Where strategies and history of an account's runs are found: beside its config, or without one in this folder. */
export function baseOf(
  config: string | undefined,
  { env, cwd }: CommandContext,
): { readonly baseDir: string; readonly dataDir: string } {
  try {
    const loaded = loadConfig(config, env, cwd);
    const live = loaded.config.data_feeds.find((feed) => feed.type === 'binance-live');
    return { baseDir: loaded.baseDir, dataDir: live?.type === 'binance-live' ? live.params.data_dir : DATA_DIR };
  } catch (error) {
    // Without a config the journal alone says what ran.
    if (!(error instanceof ValvulinError) || error.code !== 'VLV_CONFIG_FILE' || config !== undefined) throw error;
    return { baseDir: cwd, dataDir: DATA_DIR };
  }
}

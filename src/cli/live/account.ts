import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ValvulinError } from '../../core/errors.ts';
import type { JournalPlace } from '../../execution/journal/open.ts';
import type { CommandContext } from '../command-context.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';

export interface AccountFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly account?: string;
}

const STATE_DIR = 'data/state';

/** The options that say whose journal is meant; shared by all commands that look at an account or operate it. */
export function addAccountOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'config of the engine (default: VALVULIN_CONFIG, else ./config.yaml)')
    .option('--state-dir <dir>', `folder of the journals (default: execution.state_dir, else ${STATE_DIR})`)
    .option('--account <name>', 'account: paper, or a venue such as binance (default: what the config trades on)');
}

/**
 * Where the journal of the meant account is. Flags win over the config; with both flags none is read, so that an
 * account can be halted while its config is broken. Without either, the one account that has a journal is meant.
 * @throws ValvulinError of the config; `VLV_USAGE` where several accounts could be meant
 */
export async function accountPlace(flags: AccountFlags, context: CommandContext): Promise<JournalPlace> {
  const { cwd } = context;
  const given = flags.stateDir === undefined ? undefined : resolve(cwd, flags.stateDir);
  if (given !== undefined && flags.account !== undefined) return { stateDir: given, account: flags.account };
  const { accountName, journaledAccounts } = await import('../../execution/journal/open.ts');
  const loaded = configIfAny(flags.config, context);
  const stateDir =
    given ?? (loaded === null ? resolve(cwd, STATE_DIR) : resolve(loaded.baseDir, loaded.config.execution.state_dir));
  if (flags.account !== undefined) return { stateDir, account: flags.account };
  const mode = loaded?.config.execution.mode;
  if (loaded !== null && (mode === 'paper' || mode === 'live')) {
    return { stateDir, account: accountName(mode, loaded.config.execution.venue) };
  }
  const accounts = journaledAccounts(stateDir);
  if (accounts.length > 1) {
    throw new ValvulinError('VLV_USAGE', `Expected an account, got none of "${accounts.join('", "')}"`, {
      where: stateDir,
      hint: `For example: --account ${accounts[0]}`,
    });
  }
  return { stateDir, account: accounts[0] ?? 'paper' };
}

/** These commands work without a config too, where none was asked for. */
function configIfAny(given: string | undefined, { env, cwd }: CommandContext): LoadedConfig | null {
  try {
    return loadConfig(given, env, cwd);
  } catch (error) {
    const none = error instanceof ValvulinError && error.code === 'VLV_CONFIG_FILE';
    if (!none || given !== undefined || env.VALVULIN_CONFIG) throw error;
    return null;
  }
}

import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { ControlVerb } from '../../runs/control-protocol.ts';
import type { CommandContext } from '../command-context.ts';
import { isoTime } from '../text-table.ts';
import { type AccountFlags, accountPlace, addAccountOptions } from './account.ts';

export interface OperatorFlags extends AccountFlags {
  readonly why: string;
  readonly json?: boolean;
}

/** What all commands that change a running engine take. */
export function addOperatorOptions(command: Command): Command {
  return addAccountOptions(command).option('--why <text>', 'reason, for the record', '').option('--json', 'print JSON');
}

/**
 * Asks the account's engine, or where none runs its journal, and says what happened.
 * @param done what the engine does from now on
 * @throws ValvulinError `VLV_CONTROL`, `VLV_INSTANCE`, and those of the config and the journal
 */
export async function operate(
  verb: ControlVerb,
  done: string,
  flags: OperatorFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const place = await accountPlace(flags, context);
  const { control } = await import('../../runs/control.ts');
  const { systemClock } = await import('../../data/node-ports.ts');
  const question = { do: verb, who: operatorName(), why: flags.why };
  const { account } = place;
  const outcome = await control(place, question, systemClock);
  if (flags.json) {
    const { by } = outcome;
    const about =
      by === 'engine' ? { result: outcome.result } : { ...outcome.state, time: isoTime(outcome.state.time) };
    terminal.out(JSON.stringify({ version: 1, account, by, ...about }));
    return;
  }
  if (outcome.by === 'engine') terminal.out(`${account}: ${done}${resultText(outcome.result)}`);
  else terminal.out(`${account}: no engine runs. The next one starts in state ${outcome.state.state}.`);
}

/** Who gives the order, for the record. */
export function operatorName(): string {
  return `operator ${userInfo().username}`;
}

function resultText(result: unknown): string {
  if (typeof result === 'string') return `\n${result}`;
  if (!Array.isArray(result)) return '';
  return result.map((line) => `\n  ${String(line)}`).join('');
}

import type { Command } from 'commander';
import type { RunReplay } from '../../runs/live/replay-run.ts';
import type { CommandContext } from '../command-context.ts';
import { addAccountOptions } from '../live/account.ts';
import { type RecordFlags, withRecords } from '../live/records.ts';
import { EXIT } from '../render-error.ts';

export function registerReplay(parent: Command, context: CommandContext): void {
  addAccountOptions(parent.command('replay <run>').description('play a journaled run back and compare every command'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Gives everything that came in, of the run and of those whose books it went on with, to a fresh engine, and compares what
follows with what the journal says followed then, byte for byte. Sends nothing. Ends with 1 where they differ.

Examples:
  valvulin replay 3
  valvulin replay 12 --account binance --json`,
    )
    .action((run: string, flags: RecordFlags) => replay(run, flags, context));
}

async function replay(run: string, flags: RecordFlags, context: CommandContext): Promise<void> {
  const { replayRun } = await import('../../runs/live/replay-run.ts');
  await withRecords({ ...flags, run }, context, ({ account, journal, run: number = 0 }) => {
    const found = replayRun(journal, number);
    const { terminal } = context;
    if (found.difference !== null) context.exitCode = EXIT.wrong;
    if (flags.json) terminal.out(JSON.stringify(replayJson(account, found)));
    else for (const line of replayText(found)) terminal.out(line);
  });
}

function replayJson(account: string, { run, runs, inputs, commands, unwritten, difference, notes }: RunReplay): object {
  return {
    version: 1,
    account,
    run: run.run,
    mode: run.mode,
    runs,
    equal: difference === null,
    inputs,
    commands,
    unwritten,
    difference: difference && { where: difference.where, message: difference.message },
    notes,
  };
}

function replayText({ run, runs, inputs, commands, unwritten, difference, notes }: RunReplay): string[] {
  const whole =
    runs.length > 1 ? `Run ${run.run}, which goes on with ${runs.slice(0, -1).join(', ')}` : `Run ${run.run}`;
  const compared = `${inputs} inputs and ${commands} commands`;
  const lines = difference
    ? [`${whole}: DIFFERS after ${compared} that are the same.`, `  ${difference.where}: ${difference.message}`]
    : [`${whole}: ${compared} compared, all byte for byte the same.`];
  if (unwritten > 0) {
    lines.push(`What follows from the last of them (${unwritten}) was not written before the process ended, nor sent.`);
  }
  return [...lines, ...notes];
}

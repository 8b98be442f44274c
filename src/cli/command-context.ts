import type { Terminal } from './terminal.ts';

/** What every command is given besides its own arguments. */
export interface CommandContext {
  readonly terminal: Terminal;
  /**
   * From here on Ctrl+C and SIGTERM abort this signal instead of ending the process, so that a command can finish what
   * it is writing. Commands that only compute do not ask for it: a computation cannot be asked to stop, and every file
   * is written in one step.
   */
  interruptible(): AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What the process ends with where nothing is thrown. */
  exitCode: number;
}

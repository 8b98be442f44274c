import { createInterface } from 'node:readline/promises';
import { ValvulinError } from '../../core/errors.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Asks on the terminal and takes exactly `word` for a yes. The question goes to stderr, where it is seen even when the
 * result is piped away.
 * @param skip the option that answers for who cannot be asked
 * @throws ValvulinError `VLV_USAGE` where nobody can be asked
 */
export async function confirmed(terminal: Terminal, question: string, word: string, skip: string): Promise<boolean> {
  if (!terminal.interactive || !process.stdin.isTTY) {
    throw new ValvulinError('VLV_USAGE', 'Expected a confirmation, but there is no terminal to ask on', {
      where: skip,
      hint: `Look at what would be done, then add ${skip}.`,
    });
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await reader.question(`${question} [${word}] `)).trim() === word;
  } finally {
    reader.close();
  }
}

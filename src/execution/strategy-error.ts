/** A frame of a stack: `at name (file:line:column)` or `at file:line:column`. */
const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?(.+?)(?:\?[^:)]*)?:(\d+):(\d+)\)?$/;

/**
 * One line for people about an error that a strategy threw: what it says, and the first line of the strategy's own file
 * on its stack.
 * @param file absolute path of that file; null for a built-in, of which the first frame counts
 * @param handler `./strategies/mine.ts:Mine`, which names the file as the config does
 */
export function strategyErrorText(error: unknown, file: string | null, handler: string): string {
  const shown = handler.slice(0, handler.lastIndexOf(':'));
  if (!(error instanceof Error)) return `threw "${String(error)}"`;
  const text = `${error.name}: ${error.message.split('\n')[0]}`;
  for (const line of (error.stack ?? '').split('\n')) {
    const frame = FRAME.exec(line);
    if (!frame) continue;
    const [, name, path, row, column] = frame;
    if (file === null) return `${text} (${name ?? handler}, line ${row})`;
    if (decodeURI(path) === file) return `${text} (${shown}:${row}:${column})`;
  }
  return `${text} (${handler})`;
}

/** A frame of a stack: `at name (file:line:column)` or `at file:line:column`. */
const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?(.+?)(?:\?[^:)]*)?:(\d+):(\d+)\)?$/;

/**
 * One line for people about an error that a strategy threw: what it says, and the first line of the strategy's own file
 * on its stack.
 * @param file absolute path of that file; null for a built-in, of which the first frame counts
 * @param shown how to name the file
 */
export function strategyErrorText(error: unknown, file: string | null, shown: string): string {
  if (!(error instanceof Error)) return `threw "${String(error)}"`;
  const text = `${error.name}: ${error.message.split('\n')[0]}`;
  for (const line of (error.stack ?? '').split('\n')) {
    const frame = FRAME.exec(line);
    if (!frame) continue;
    const [, name, path, row, column] = frame;
    if (file === null) return `${text} (${name ?? shown}, line ${row})`;
    if (decodeURI(path) === file) return `${text} (${shown}:${row}:${column})`;
  }
  return `${text} (${shown})`;
}

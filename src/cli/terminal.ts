import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes: results on stdout, everything else on stderr. */
export interface Terminal {
  /** One line, or several with line feeds in them, on stdout. */
  out(text: string): void;
  /** The same on stderr: progress, warnings, errors. */
  note(text: string): void;
  /** Columns of stdout; 100 where it is no terminal. */
  readonly width: number;
  /** Stderr is a terminal, so that progress may be redrawn. */
  readonly interactive: boolean;
  readonly outColors: Colors;
  readonly noteColors: Colors;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    width: stdout.isTTY ? Math.max(20, stdout.columns || 80) : 100,
    interactive: stderr.isTTY === true && env.TERM !== 'dumb',
    outColors: pc.createColors(wantsColor(stdout, env)),
    noteColors: pc.createColors(wantsColor(stderr, env)),
  };
}

let leavesWithReader = true;

/** From here on a reader that leaves ends nothing: an engine that trades outlives whoever watched it. */
export function outliveReader(): void {
  leavesWithReader = false;
}

/**
 * A reader that leaves early (`valvulin … | head`) is no error: the process ends quietly with the code it had so far.
 */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (leavesWithReader) process.exit();
    });
  }
}

/** Breaks text at spaces so that no line is longer than `width`; a word longer than that stays whole. */
export function wrap(text: string, width: number, indent = ''): string {
  const room = Math.max(10, width - indent.length);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > room) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines.map((line) => `${indent}${line}`).join('\n');
}

/** https://no-color.org: a non-empty NO_COLOR wins over everything. */
function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

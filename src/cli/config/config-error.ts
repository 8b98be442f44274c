import { type ErrorCode, ValvulinError } from '../../core/errors.ts';
import { type Colors, wrap } from '../terminal.ts';
import type { Place } from './source.ts';

/** One problem as it is shown: where, the line it stands in, and what to do. */
export interface ShownProblem {
  readonly file: string;
  readonly place: Place;
  readonly sourceLine: string;
  readonly message: string;
  readonly allowed: string;
  readonly didYouMean: string | null;
}

/** Everything that is wrong with one config file. */
export class ConfigError extends ValvulinError {
  readonly problems: readonly ShownProblem[];

  constructor(code: ErrorCode, file: string, problems: readonly ShownProblem[], hint?: string) {
    const [first] = problems;
    super(code, `${count(problems.length)} in "${file}"`, {
      ...(first ? { where: `${file}:${first.place.line}:${first.place.column}` } : {}),
      ...(hint === undefined ? {} : { hint }),
    });
    this.problems = problems;
  }
}

/** The problem with its source line and a caret, cut to the width of the terminal. */
export function problemText(problem: ShownProblem, width: number, colors: Colors): string {
  const { file, place } = problem;
  const number = String(place.line);
  const gutter = `${' '.repeat(number.length + 2)}| `;
  const [shown, column] = cropped(problem.sourceLine, place.column, width - gutter.length);
  const caret = '^'.repeat(Math.max(1, Math.min(place.length, shown.length - column + 1)));
  const indent = ' '.repeat(gutter.length);
  const lines = [
    wrap(`${file}:${place.line}:${place.column} ${problem.message}`, width),
    colors.dim(` ${number} | `) + shown,
    colors.dim(gutter) + ' '.repeat(column - 1) + colors.red(caret),
  ];
  if (problem.didYouMean !== null) lines.push(colors.green(`${indent}Did you mean "${problem.didYouMean}"?`));
  if (problem.allowed !== '') lines.push(colors.dim(wrap(`Expected ${problem.allowed}`, width, indent)));
  return lines.join('\n');
}

/** Keeps the part of a long line around `column`; tabs become single spaces, so that the caret stays below its place. */
function cropped(line: string, column: number, width: number): [string, number] {
  const flat = line.replaceAll('\t', ' ');
  const room = Math.max(20, width);
  if (flat.length <= room) return [flat, column];
  const from = Math.max(0, Math.min(column - 1 - Math.floor(room / 3), flat.length - room));
  return [flat.slice(from, from + room), column - from];
}

function count(problems: number): string {
  return problems === 1 ? 'One problem' : `${problems} problems`;
}

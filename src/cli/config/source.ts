import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { ConfigProblem } from '../../core/config/index.ts';

/** A stretch of a config file: where it starts (counted from one) and how many characters of that line it covers. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

type Path = readonly (string | number)[];
type Range = readonly [number, number];

/** A parsed YAML or JSON file that knows where each of its keys and values stands. */
export class ConfigSource {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
  }

  /** What YAML itself objects to, each with its place. */
  syntaxErrors(): { readonly message: string; readonly place: Place }[] {
    return this.document.errors.map((error) => ({
      message: error.message,
      place: this.#place([error.pos[0], error.pos[1]]),
    }));
  }

  line(number: number): string {
    return this.text.split('\n')[number - 1]?.replace(/\r$/, '') ?? '';
  }

  /** Where a problem belongs: the key, the value, or the nearest thing around a key that is missing. */
  placeOf(problem: Pick<ConfigProblem, 'path' | 'at'>): Place {
    const range = this.#rangeOf(problem.path, problem.at);
    return this.#place(range ?? [0, 1]);
  }

  /** Calls `visit` for each scalar value (not key) with its path. Aliases are visited where they are defined. */
  eachScalar(visit: (scalar: { value: unknown }, path: Path, place: Place) => void): void {
    const walk = (node: unknown, path: Path): void => {
      if (isScalar(node)) visit(node, path, this.#place(node.range ?? [0, 1]));
      else if (isSeq(node)) node.items.forEach((item, i) => walk(item, [...path, i]));
      else if (isMap(node)) for (const pair of node.items) walk(pair.value, [...path, keyText(pair.key)]);
    };
    walk(this.document.contents, []);
  }

  #rangeOf(path: Path, at: ConfigProblem['at']): Range | undefined {
    let node: Node | null = this.document.contents;
    let around: Range | undefined = firstLine(node);
    for (const [depth, step] of path.entries()) {
      const last = depth === path.length - 1;
      const resolved: unknown = isAlias(node) ? node.resolve(this.document) : node;
      if (isMap(resolved)) {
        const pair = resolved.items.find((item) => keyText(item.key) === String(step));
        if (!pair) return around;
        const key = isNode(pair.key) ? pair.key.range : undefined;
        if (last && at === 'key') return key ? [key[0], key[1]] : around;
        node = isNode(pair.value) ? pair.value : null;
        around = last && isScalar(node) && node.source !== '' ? firstLine(node) : key ? [key[0], key[1]] : around;
      } else if (isSeq(resolved)) {
        const item: unknown = resolved.items[Number(step)];
        if (!isNode(item)) return around;
        node = item;
        around = firstLine(item);
      } else {
        return around;
      }
    }
    return around;
  }

  #place(range: readonly number[]): Place {
    const start = Math.min(range[0] ?? 0, Math.max(0, this.text.length - 1));
    const { line, col } = this.#lines.linePos(start);
    const rest = Math.max(1, this.line(line || 1).length - (col || 1) + 1);
    return { line: line || 1, column: col || 1, length: Math.max(1, Math.min((range[1] ?? start + 1) - start, rest)) };
  }
}

/** A scalar's whole range; of a collection only its first character, so that the caret points and does not underline. */
function firstLine(node: Node | null): Range | undefined {
  if (!node?.range) return undefined;
  return isScalar(node) ? [node.range[0], node.range[1]] : [node.range[0], node.range[0] + 1];
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

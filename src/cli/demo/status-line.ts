import type { Terminal } from '../terminal.ts';

/** Without a terminal the status is a line among others, now and then. */
const EVERY_MS = 10_000;

/** Lines that scroll, above one that stays at the bottom of a terminal. */
export class StatusLine {
  readonly #terminal: Terminal;
  readonly #stays: boolean;
  #text = '';
  #shown = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#stays = process.stdout.isTTY && terminal.interactive;
  }

  out(text: string): void {
    this.#erase();
    this.#terminal.out(text);
    this.#draw();
  }

  status(text: string): void {
    this.#text = text;
    if (this.#stays) {
      this.#erase();
      this.#draw();
    } else if (performance.now() - this.#shown >= EVERY_MS) {
      this.#shown = performance.now();
      this.#terminal.out(`status    ${text}`);
    }
  }

  clear(): void {
    this.#erase();
    this.#text = '';
  }

  #erase(): void {
    if (this.#stays && this.#text !== '') process.stdout.write('\r\u001b[K');
  }

  #draw(): void {
    if (!this.#stays || this.#text === '') return;
    // One that wraps could not be erased again.
    const { width, outColors } = this.#terminal;
    process.stdout.write(outColors.inverse(` ${this.#text} `.slice(0, width - 1)));
  }
}

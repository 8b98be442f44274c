import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { jsonLine, LineWriter } from './line-writer.ts';

/** A reader that takes one write and then nothing until it is let go. */
class StuckReader extends Writable {
  text = '';
  #next: (() => void) | null = null;
  constructor() {
    super({ highWaterMark: 100, decodeStrings: false });
  }
  override _write(chunk: string, _encoding: string, next: () => void): void {
    this.text += chunk;
    this.#next = next;
  }
  async letGo(): Promise<void> {
    for (let next = this.#next; next; next = this.#next) {
      this.#next = null;
      next();
      await new Promise(setImmediate);
    }
  }
}

test('a stuck reader costs the oldest waiting lines, which are counted, and nobody waits', async () => {
  const reader = new StuckReader();
  const writer = new LineWriter(reader);
  for (let i = 0; i < 5_000; i++) writer.line(`line ${i} ${'x'.repeat(100)}`);
  expect(reader.writableLength).toBeLessThan(500);
  await reader.letGo();
  const lines = reader.text.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^line 0 /);
  expect(lines).toContain('{"level":"warn","event":"log_lines_dropped","count":2999}');
  expect(lines.at(-1)).toMatch(/^line 4999 /);
  expect(lines.length).toBe(2_002);
});

test('a line of JSON has the time first and nothing but one line', () => {
  const line = jsonLine({ time: 0, level: 'info', event: 'started', fields: { text: 'a\nb' } });
  expect(line).toBe('{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"started","text":"a\\nb"}');
});

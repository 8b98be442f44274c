import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrap } from './terminal.ts';
import { textTable } from './text-table.ts';

describe('wrap', () => {
  it('keeps every word and no line wider than asked, words that are wider aside', () => {
    const word = fc.stringMatching(/^[a-z]{1,30}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 20, max: 120 }), (words, width) => {
        const text = wrap(words.join(' '), width, '  ');
        expect(text.split(/\s+/).filter(Boolean)).toEqual(words);
        for (const line of text.split('\n')) {
          expect(line.startsWith('  ')).toBe(true);
          if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

describe('textTable', () => {
  const columns = [{ title: 'NAME' }, { title: 'BARS', align: 'right' as const }];

  it('lines up its columns', () => {
    expect(
      textTable(
        columns,
        [
          ['BTCUSDT', '5'],
          ['X', '17,544'],
        ],
        80,
      ),
    ).toBe('NAME       BARS\nBTCUSDT       5\nX        17,544');
  });

  it('becomes blocks where the terminal is too narrow', () => {
    expect(
      textTable(
        columns,
        [
          ['BTCUSDT', '5'],
          ['X', '17,544'],
        ],
        12,
      ),
    ).toBe('NAME  BTCUSDT\nBARS  5\n\nNAME  X\nBARS  17,544');
  });
});

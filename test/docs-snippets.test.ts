import { describe, expect, it } from 'vitest';
import { checkDocument } from '../scripts/docs-snippets.ts';

const examples: Readonly<Record<string, string>> = { 'examples/a.ts': 'const price = `$1`;\n' };
const check = (text: string): ReturnType<typeof checkDocument> => checkDocument('x.md', text, (path) => examples[path]);

describe('the check of documented code', () => {
  it('accepts a block that equals its file', () => {
    const text = 'Text\n\n<!-- example: examples/a.ts -->\n```ts\nconst price = `$1`;\n```\n';
    expect(check(text)).toEqual({ updated: text, problems: [] });
  });

  it('finds a block that differs, and takes it from the file', () => {
    const { updated, problems } = check('Text\n\n<!-- example: examples/a.ts -->\n```ts\nconst price = 2;\n```\n');
    expect(problems).toEqual(['x.md:3: differs from "examples/a.ts"']);
    expect(updated).toBe('Text\n\n<!-- example: examples/a.ts -->\n```ts\nconst price = `$1`;\n```\n');
  });

  it('fills an empty block', () => {
    const { updated } = check('<!-- example: examples/a.ts -->\n```ts\n```\n');
    expect(updated).toBe('<!-- example: examples/a.ts -->\n```ts\nconst price = `$1`;\n```\n');
  });

  it('finds a block that belongs to no file, and one whose file is gone', () => {
    expect(check('```ts\nx\n```\n').problems).toEqual(['x.md:1: a ts block without "<!-- example: FILE -->"']);
    expect(check('<!-- example: examples/b.ts -->\n```ts\nx\n```\n').problems).toEqual([
      'x.md:1: "examples/b.ts" does not exist',
    ]);
  });

  it('leaves pictures and output alone', () => {
    expect(check('```text\nanything\n```\n').problems).toEqual([]);
  });

  it('sees each of several blocks', () => {
    const good = '<!-- example: examples/a.ts -->\n```ts\nconst price = `$1`;\n```\n';
    expect(check(`${good}\n${good.replace('$1', '$2')}\n\`\`\`bash\nls\n\`\`\`\n`).problems).toHaveLength(2);
  });
});

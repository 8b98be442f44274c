import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PAGE_STYLE } from './page-style.ts';

/** The modules of `page/` that the entry needs, in an order in which each stands after what it imports. */
function modulesOf(entry: string, seen: Map<string, string> = new Map()): Map<string, string> {
  const source = readFileSync(new URL(`./page/${entry}`, import.meta.url), 'utf8');
  for (const [, imported] of source.matchAll(/^import [^;]*? from '\.\/([\w-]+\.js)';$/gm)) {
    if (imported !== undefined && !seen.has(imported)) modulesOf(imported, seen);
  }
  return seen.set(entry, source);
}

/**
 * A page script as one text: the modules one after the other, their imports and exports taken out. They share one
 * scope, so no two of them may declare the same name at their top.
 */
export function pageScript(entry: string): string {
  const parts = [...modulesOf(entry).values()].map((source) =>
    source
      .replaceAll(/^import [^;]*?;$/gm, '')
      .replaceAll(/^export \{\};?$/gm, '')
      .replaceAll(/^export (?=(?:async )?(?:function|const|class|let))/gm, ''),
  );
  return `'use strict';\n(() => {\n${parts.join('\n')}\n})();`;
}

let library: string | undefined;

/** TradingView's Lightweight Charts with its licence note, as it is published. */
export function chartLibrary(): string {
  library ??= readFileSync(
    fileURLToPath(new URL('lightweight-charts.standalone.production.js', import.meta.resolve('lightweight-charts'))),
    'utf8',
  );
  return library;
}

/** Text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** JSON inside a script element: no character in it can end the element. */
export function embeddedJson(id: string, value: unknown): string {
  const json = JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `<script type="application/json" id="${escapeHtml(id)}">${json}</script>`;
}

export interface Page {
  readonly title: string;
  readonly style?: string;
  /** Trusted HTML. */
  readonly body: string;
  /** What `embeddedJson` made. */
  readonly data: readonly string[];
  /** A file of `page/`. */
  readonly entry: string;
}

/** One self-contained HTML document: nothing in it is fetched from anywhere. */
export function htmlPage(page: Page): string {
  const inline = (script: string): string => `<script>${script.replaceAll(/<\/script/gi, '<\\/script')}</script>`;
  return `<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)}</title>
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}${page.style ?? ''}</style>
</head>
<body>
${page.body}
<footer>Charts drawn with <a href="https://www.tradingview.com/">TradingView</a> Lightweight Charts™, copyright TradingView, Inc., Apache License 2.0.</footer>
${page.data.join('\n')}
${inline(chartLibrary())}
${inline(pageScript(page.entry))}
</body>
</html>
`;
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * Rows under their titles, two spaces apart, without borders, so that tools can cut it too. Where a terminal is too
 * narrow for the table, each row becomes a block of `title: value` lines instead.
 */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const widths = columns.map(({ title }, c) => Math.max(title.length, ...rows.map((row) => (row[c] ?? '').length)));
  const total = widths.reduce((sum, w) => sum + w + 2, -2);
  if (total > width) {
    const label = Math.max(...columns.map(({ title }) => title.length));
    return rows
      .map((row) => columns.map(({ title }, c) => `${title.padEnd(label)}  ${row[c] ?? ''}`.trimEnd()).join('\n'))
      .join('\n\n');
  }
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, c) =>
        align === 'right' ? (cells[c] ?? '').padStart(widths[c]) : (cells[c] ?? '').padEnd(widths[c]),
      )
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join('\n');
}

/** `2024-01-31 09:30`, UTC; a dash where there is no time. */
export function shortTime(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** `2024-01-31T09:30:00Z`. */
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** `17,544`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

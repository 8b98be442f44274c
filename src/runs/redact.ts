/** Shorter values stand in too many words. */
const SHORTEST = 6;
/** Lines of a key file that are shorter say nothing. */
const SHORTEST_LINE = 16;

/**
 * Takes secrets out of texts, wherever they stand in them: as they are, as part of a URL, in base64, and the lines of a
 * key file one by one.
 * @param secrets values to hide; those under 6 characters are left alone
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap(formsOf));
  // The longest first: one secret may be a part of another.
  const ordered = [...forms].toSorted((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const form of ordered) if (clean.includes(form)) clean = clean.replaceAll(form, '[secret]');
    return clean;
  };
}

function formsOf(secret: string): string[] {
  const value = secret.trim();
  if (value.length < SHORTEST) return [];
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const whole = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE && !/^-+/.test(line)) : [];
  return [value, ...whole].flatMap((form) => [
    form,
    encodeURIComponent(form),
    Buffer.from(form).toString('base64'),
    JSON.stringify(form).slice(1, -1),
  ]);
}

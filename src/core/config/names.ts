/** `emaShort` → `ema_short`: the one mapping between TypeScript names and the names of config, CLI and JSON. */
export function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `ema_short` → `emaShort`. */
export function toCamel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Renames the keys of plain objects at every depth; arrays are walked, all other values stay as they are. */
export function camelKeys(value: unknown): unknown {
  return renameKeys(value, toCamel);
}

/** The inverse of `camelKeys`. */
export function snakeKeys(value: unknown): unknown {
  return renameKeys(value, toSnake);
}

function renameKeys(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), renameKeys(item, rename)]));
}

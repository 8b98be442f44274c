/** What a pure room must live without: everything that differs from one moment, machine or run to the next. */
const ABSENT = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'process',
  'crypto',
  'fetch',
  'navigator',
  'WebSocket',
  'Intl',
] as const;

const RealDate = Date;

/** A calendar without a clock: dates can be computed, the present cannot be asked for. */
class ClocklessDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) throw new Error('A pure room asked for the present time');
    super(...given);
  }
  static override now(): number {
    throw new Error('A pure room asked for the present time');
  }
}

/** Takes clock, random numbers, timers and environment away from this thread. */
export function forbidImpurity(): void {
  const realm = globalThis as Record<string, unknown>;
  for (const name of ABSENT) Reflect.deleteProperty(realm, name);
  realm.Date = ClocklessDate;
  Math.random = () => {
    throw new Error('A pure room asked for a random number');
  };
  const local = ['getTimezoneOffset', 'getFullYear', 'getMonth', 'getDate', 'getDay', 'getHours', 'toLocaleString'];
  for (const name of local) {
    Object.defineProperty(RealDate.prototype, name, {
      value: () => {
        throw new Error(`A pure room asked for local time by "${name}"`);
      },
    });
  }
}

/** Names of the forbidden things that still answer in this thread. */
export function reachable(): string[] {
  const attempts: Record<string, () => unknown> = {
    'Date.now': () => Date.now(),
    'new Date': () => new Date(),
    'Math.random': () => Math.random(),
    getHours: () => new Date(0).getHours(),
  };
  for (const name of ABSENT) {
    attempts[name] = () => {
      if (!(name in globalThis)) throw new Error('absent');
    };
  }
  return Object.keys(attempts).filter((name) => {
    try {
      attempts[name]?.();
      return true;
    } catch {
      return false;
    }
  });
}

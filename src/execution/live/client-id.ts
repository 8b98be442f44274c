/** What an exchange order is for; the letter stands in its client id. */
export type Leg = 'entry' | 'exit' | 'stop' | 'target' | 'list';

const LETTERS = { entry: 'e', exit: 'x', stop: 's', target: 't', list: 'l' } as const satisfies Record<Leg, string>;
const PATTERN = /^vv([a-z0-9]{1,8})-([a-z0-9]+)-([a-z0-9]+)-([exstl])([a-z0-9]+)$/;

export interface ClientId {
  /** Tells accounts and installations apart that share an exchange account's order list. */
  readonly owner: string;
  readonly run: number;
  /** Number of the engine's order. */
  readonly order: number;
  readonly leg: Leg;
  /** 1 for the first try; a later one is only made once the earlier is proved dead. */
  readonly attempt: number;
}

/**
 * The client id of an exchange order: made of the journaled intent alone, so that a restart makes the same one, and
 * at most 36 characters, which is what Binance takes.
 */
export function clientIdText({ owner, run, order, leg, attempt }: ClientId): string {
  return `vv${owner}-${run.toString(36)}-${order.toString(36)}-${LETTERS[leg]}${attempt.toString(36)}`;
}

/** The parts of a client id of ours, or null for one that somebody else made. */
export function parseClientId(text: string): ClientId | null {
  const match = PATTERN.exec(text);
  if (!match) return null;
  const [, owner, run, order, letter, attempt] = match;
  const leg = (Object.keys(LETTERS) as Leg[]).find((name) => LETTERS[name] === letter);
  if (!leg) return null;
  const number = (part: string): number => Number.parseInt(part, 36);
  return { owner, run: number(run), order: number(order), leg, attempt: number(attempt) };
}

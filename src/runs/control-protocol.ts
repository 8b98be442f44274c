import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { TradingState } from '../core/entry-gate.ts';
import type { JournalPlace } from '../execution/journal/open.ts';

/** What an operator can ask of a running engine. */
export const CONTROL_VERBS = ['status', 'halt', 'resume', 'reduce_only', 'flatten', 'reload', 'stop'] as const;
export type ControlVerb = (typeof CONTROL_VERBS)[number];

/** The trading state that a verb brings about, where it brings one. */
export const VERB_STATES: Readonly<Partial<Record<ControlVerb, TradingState>>> = {
  halt: 'HALT',
  resume: 'ACTIVE',
  reduce_only: 'REDUCE_ONLY',
  flatten: 'FLATTEN',
};

/** One line of JSON each way. The reply carries the request's `id`. */
export const controlRequest = z.strictObject({
  id: z.int().min(0),
  do: z.enum(CONTROL_VERBS),
  /** For the record: who asked, and why. */
  who: z.string().max(100),
  why: z.string().max(500),
});
export type ControlRequest = z.infer<typeof controlRequest>;

export type ControlReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
    };

/** Longest line in either direction, characters. */
export const LONGEST_LINE = 1 << 20;

/** What a running engine says of itself. Money in the quote asset, times in epoch ms. */
export interface EngineStatus {
  readonly account: string;
  readonly mode: 'paper' | 'live';
  readonly venue: string;
  readonly run: number;
  readonly pid: number;
  readonly started: number;
  readonly state: TradingState;
  /** Why it is not trading, or not everything: empty where all is well. */
  readonly blocks: readonly string[];
  readonly quote: string;
  readonly equity: number;
  readonly cash: number;
  readonly positions: number;
  readonly workingOrders: number;
  /** Orders whose fate is not known yet. */
  readonly ordersInDoubt: number;
  readonly strategies: readonly StrategyStatus[];
  readonly streams: readonly StreamStatus[];
}

export interface StrategyStatus {
  /** `BTCUSDT:1h:ema-macd`. */
  readonly key: string;
  readonly enabled: boolean;
  /** Why it was stopped, or null. */
  readonly problem: string | null;
}

export interface StreamStatus {
  /** `BTCUSDT:1h`. */
  readonly key: string;
  /** Close time of the last bar, or null before the first. */
  readonly lastClose: number | null;
  readonly stale: boolean;
}

/** Bytes that a socket's path may have on every system. */
const LONGEST_SOCKET_PATH = 100;

/** Where the engine of an account listens: a socket beside its journal, or on Windows a named pipe. */
export function controlAddress({ stateDir, account }: JournalPlace): string {
  const path = resolve(stateDir, `${account}.sock`);
  const name = `valvulin-${createHash('sha256').update(path).digest('hex').slice(0, 24)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH ? path : join(tmpdir(), `${name}.sock`);
}

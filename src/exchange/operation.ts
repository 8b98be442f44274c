import type { Account } from './account.ts';
import type { MatchingEngine, Mishap } from './matching-engine.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { Parameters } from './parameters.ts';
import type { ApiKey } from './signatures.ts';
import type { Json } from './types.ts';

/** What a signed request is answered from. */
export interface AccountContext {
  readonly state: ExchangeState;
  readonly engine: MatchingEngine;
  readonly parameters: Parameters;
  readonly account: Account;
  readonly key: ApiKey;
  readonly mishap: Mishap;
  readonly time: number;
}

export interface PublicContext {
  readonly state: ExchangeState;
  readonly parameters: Parameters;
  readonly time: number;
}

type Weight = number | ((parameters: ReadonlyMap<string, string>) => number);

/** One thing that the API does, by REST or by WebSocket. */
export type Operation =
  | { readonly security: 'none'; readonly weight: Weight; readonly run: (context: PublicContext) => Json }
  | {
      readonly security: 'read' | 'trade';
      readonly weight: Weight;
      /** Unfilled orders that it counts for. */
      readonly orders?: number;
      /** True where it passes through the matching engine: it may be late, and costs no weight where it succeeds. */
      readonly matches?: true;
      readonly run: (context: AccountContext) => Json;
    };

export function weightOf({ weight }: Operation, parameters: ReadonlyMap<string, string>): number {
  return typeof weight === 'number' ? weight : weight(parameters);
}

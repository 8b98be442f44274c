import { existsSync } from 'node:fs';
import { ValvulinError } from '../core/errors.ts';
import type { TradingState } from '../core/entry-gate.ts';
import type { Clock } from '../core/ports.ts';
import { ACCOUNT_SCOPE, type StateChange } from '../execution/journal/journal.ts';
import { type JournalPlace, journalPath, openJournal } from '../execution/journal/open.ts';
import { askEngine, type EngineAnswer, type EngineQuestion } from './control-client.ts';
import { controlAddress, VERB_STATES } from './control-protocol.ts';

/** An engine answers at once, or hangs. */
const ANSWER_MS = 5_000;

export type Controlled =
  | { readonly by: 'engine'; readonly result: unknown }
  /** No engine runs: the state is in the journal, and holds from the next start on. */
  | { readonly by: 'journal'; readonly state: StateChange };

/**
 * Asks the running engine of an account to do something. Where none runs, trading states are written into its journal
 * instead; everything else needs one.
 * @throws ValvulinError `VLV_CONTROL` where the engine refuses or does not answer, or where one is needed and none runs
 */
export async function control(place: JournalPlace, question: EngineQuestion, clock: Clock): Promise<Controlled> {
  const answer = await askEngine(controlAddress(place), question, clock, ANSWER_MS);
  if (answer.kind === 'done') return { by: 'engine', result: answer.result };
  if (answer.kind !== 'absent') throw engineError(place, answer);
  const state = VERB_STATES[question.do];
  if (state === undefined) throw noEngine(place);
  return { by: 'journal', state: recordOffline(place, state, question, clock.now()) };
}

/** What the engine says of itself, or null where none runs. @throws ValvulinError `VLV_CONTROL` */
export async function engineStatus(place: JournalPlace, clock: Clock): Promise<unknown> {
  const answer = await askEngine(controlAddress(place), { do: 'status', who: '', why: '' }, clock, ANSWER_MS);
  if (answer.kind === 'absent') return null;
  if (answer.kind === 'done') return answer.result;
  throw engineError(place, answer);
}

function recordOffline(place: JournalPlace, state: TradingState, question: EngineQuestion, now: number): StateChange {
  const { who, why } = question;
  const path = journalPath(place);
  if (!existsSync(path)) throw noEngine(place);
  const change: StateChange = { scope: ACCOUNT_SCOPE, state, who, why, time: now };
  const journal = openJournal(place, now);
  try {
    journal.recordState(change);
  } finally {
    journal.close();
  }
  return change;
}

function noEngine(place: JournalPlace): ValvulinError {
  return new ValvulinError('VLV_CONTROL', `Expected a running engine of account "${place.account}", found none`, {
    where: place.stateDir,
    hint: 'Start it with "valvulin run". An engine with another folder or account is named by --state-dir and --account.',
  });
}

function engineError(place: JournalPlace, answer: Exclude<EngineAnswer, { kind: 'done' | 'absent' }>): ValvulinError {
  if (answer.kind === 'refused') {
    return new ValvulinError('VLV_CONTROL', `The engine refused: ${answer.message} (${answer.code})`, {
      where: `account ${place.account}`,
      ...(answer.hint === null ? {} : { hint: answer.hint }),
    });
  }
  return new ValvulinError(
    'VLV_CONTROL',
    `The engine of account "${place.account}" does not answer: ${answer.reason}`,
    {
      where: controlAddress(place),
      hint: 'In an emergency "valvulin kill" takes the account away from it and cancels its entries without asking it.',
    },
  );
}

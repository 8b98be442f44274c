import { BarWindow } from '../../core/bar-window.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { JournalReader, JournalRun } from '../../execution/journal/journal.ts';
import type { TopInput } from '../../execution/live/input-codec.ts';
import { Replay } from '../../execution/live/replay.ts';
import type { LiveHost } from '../../execution/live-host.ts';
import type { InputLog, LiveRun } from '../../execution/live-run.ts';
import { packageVersion } from '../version.ts';
import { buildRun, type RunBooks, runBooks } from './build-run.ts';
import { chainOf, inputsOf, type RunDetails, runDetails } from './earlier-runs.ts';
import { planTrading, type TradingPlan } from './plan.ts';

/** What a replay found. */
export interface RunReplay {
  /** The engine as the last input left it. */
  readonly engineRun: LiveRun;
  readonly books: RunBooks;
  readonly run: JournalRun;
  /** The run and those whose books it went on with, the first one first. */
  readonly runs: readonly number[];
  readonly details: RunDetails;
  readonly plan: TradingPlan;
  /** How much was found byte-equal. */
  readonly inputs: number;
  readonly commands: number;
  /** What followed from the last inputs and was not written before the process died: it was never sent. */
  readonly unwritten: number;
  /** Where they part, or null where they do not. */
  readonly difference: ValvulinError | null;
  /** What a reader should know before trusting it. */
  readonly notes: readonly string[];
}

/**
 * Gives all inputs of a run to a fresh engine and compares what follows with what the journal says followed then. Reads
 * only: nothing is sent, nobody is asked.
 * @param onInput is told of each input from outside, before it is taken
 * @throws ValvulinError `VLV_JOURNAL_BROKEN` where the journal itself was altered, `VLV_USAGE` where it has no such run
 */
export function replayRun(
  journal: JournalReader,
  number: number,
  onInput: (input: TopInput) => void = () => undefined,
): RunReplay {
  journal.verify();
  const run = journal.runs().find((candidate) => candidate.run === number);
  if (!run) throw new ValvulinError('VLV_USAGE', `Expected a run of the journal, got "${number}"`, { where: 'RUN' });
  const details = runDetails(run.details);
  const runs = chainOf(journal, number);
  const plan = planTrading(details.config);
  const unwritten = { inputs: 0, commands: 0 };
  const replay = new Replay(inputsOf(journal, runs), run.mode, {
    input: () => -++unwritten.inputs,
    commands: (_seq, text) => {
      unwritten.commands += countOf(text);
    },
  });
  let commands = 0;
  const log: InputLog = {
    input: (time, kind, payload) => replay.input(time, kind, payload),
    commands: (seq, text) => {
      replay.commands(seq, text);
      commands += countOf(text);
    },
  };
  const windows = plan.streams.map(({ symbol, timeframe }) => new BarWindow(symbol, timeframe, 1));
  const books = runBooks(plan, details.capital, details.rules, details.config.execution.quote);
  const engineRun = buildRun(plan, books, windows, {
    log,
    host: NOBODY,
    strategies: [],
    onFailure: () => undefined,
  });
  // What the exchange did is in the journal.
  if (run.mode === 'live') engineRun.tradeOn({ apply: () => undefined });
  const difference = firstDifference(() =>
    replay.play((input) => {
      onInput(input);
      engineRun.replay(input);
    }),
  );
  return {
    engineRun,
    books,
    run,
    runs,
    details,
    plan,
    inputs: replay.compared,
    commands: commands - unwritten.commands,
    unwritten: unwritten.inputs + unwritten.commands,
    difference,
    notes: notesOn(run),
  };
}

function countOf(commands: string): number {
  return (JSON.parse(commands) as unknown[]).length;
}

/** A replay asks no strategy: answers are inputs. */
const NOBODY: LiveHost = {
  load: () => Promise.resolve([]),
  unload: () => undefined,
  decide: () => Promise.resolve([]),
  stop: () => Promise.resolve(),
};

function firstDifference(play: () => void): ValvulinError | null {
  try {
    play();
    return null;
  } catch (error) {
    if (error instanceof ValvulinError && error.code === 'VLV_RECOVERY') return error;
    throw error;
  }
}

function notesOn({ packageVersion: wrote, ended, how }: JournalRun): string[] {
  const notes: string[] = [];
  if (wrote !== packageVersion()) {
    notes.push(
      `Version ${wrote} wrote it, and this is ${packageVersion()}: a difference may be a change of the program.`,
    );
  }
  if (ended === null) notes.push('The run still goes on, or was cut off.');
  else if (how === 'failed') notes.push('The run ended because something could not go on.');
  return notes;
}

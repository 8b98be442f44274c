import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ValvulinError } from '../core/errors.ts';
import type { Clock, Timer } from '../core/ports.ts';
import type {
  LiveStrategyInfo,
  LiveStrategySpec,
  StrategyFailure,
  StrategyQuestion,
  StrategyReply,
} from '../execution/live-host.ts';
import { notLoaded } from '../execution/live-strategies.ts';
import {
  type FromStrategyThread,
  packQuestion,
  type StrategyThreadData,
  type ToStrategyThread,
  unpackError,
} from './strategy-messages.ts';

/** A strategy that eats memory is to end its own thread, not the machine. */
const HEAP_MB = 512;
const LOAD_DEADLINE_MS = 60_000;
/** A timer this late means that the whole process stood still, which is no strategy's fault. */
const STALL_MS = 1_000;

export interface ThreadOptions {
  /** Folder that handlers start from. */
  readonly baseDir: string;
  /** Real time, also where the market runs faster: strategies do not think faster for that. */
  readonly clock: Clock;
  /** Most time for one question, ms. */
  readonly deadlineMs: number;
  /** What a strategy prints: text that must not get between the lines of the log. */
  readonly onOutput: (text: string) => void;
}

interface Job {
  readonly question: StrategyQuestion;
  readonly resolve: (reply: StrategyReply) => void;
}

interface Loading {
  readonly resolve: (infos: readonly LiveStrategyInfo[]) => void;
  readonly reject: (error: ValvulinError) => void;
}

/**
 * One worker thread with the strategies of one file. Where a strategy hangs, or ends the thread, it alone is stopped:
 * a new thread takes over the others with the questions that were still open.
 */
export class StrategyThread {
  readonly #options: ThreadOptions;
  /** The strategies that may be asked. */
  readonly #specs = new Map<string, LiveStrategySpec>();
  readonly #failures = new Map<string, StrategyFailure>();
  /** Open questions; the first is the one that the thread works at. */
  #jobs: Job[] = [];
  #worker: Worker | null = null;
  /** Set until the thread has loaded its strategies. */
  #loading: Loading | null = null;
  /** Called once it has, or has failed to. */
  #settled: (() => void)[] = [];
  #answered = new Int32Array(new SharedArrayBuffer(4));
  #replies = 0;
  #timer: Timer | null = null;
  /** When the first question became the one that is worked at, monotonic ms. */
  #begun = 0;
  /** It ends once no question is open. */
  #retired = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** Those that can be asked: loaded and not stopped. */
  get specs(): readonly LiveStrategySpec[] {
    return [...this.#specs.values()];
  }

  /** Starts the thread. To be called once. @throws ValvulinError as `LiveHost.load` */
  async start(specs: readonly LiveStrategySpec[]): Promise<readonly LiveStrategyInfo[]> {
    for (const spec of specs) this.#specs.set(spec.key, spec);
    return this.#spawn();
  }

  ask(question: StrategyQuestion): Promise<StrategyReply> {
    const key = question.strategy;
    const known = this.#failures.get(key) ?? (this.#specs.has(key) ? undefined : notLoaded(key));
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => {
      this.#jobs.push({ question, resolve });
      if (this.#loading) return;
      this.#tell({ kind: 'ask', question: packQuestion(question) });
      if (this.#jobs.length === 1) this.#watchFirst();
    });
  }

  unload(key: string): void {
    this.#specs.delete(key);
    this.#failures.delete(key);
    if (!this.#loading) this.#tell({ kind: 'unload', key });
  }

  /** Hands over to a thread that takes its place: answers what is open, then ends. */
  retire(successor: StrategyThread): void {
    for (const failure of this.#failures.values()) {
      if (!successor.#specs.has(failure.strategy)) successor.#failures.set(failure.strategy, failure);
    }
    this.#retired = true;
    if (this.#jobs.length === 0) void this.stop();
  }

  async stop(): Promise<void> {
    // A thread that is ended while a module of its initialises native code takes the whole process with it.
    if (this.#loading) await new Promise<void>((settled) => this.#settled.push(settled));
    const jobs = this.#jobs;
    this.#jobs = [];
    const ended = this.#end();
    for (const { question, resolve } of jobs) {
      resolve({ kind: 'failed', strategy: question.strategy, failed: 'exited', detail: 'the engine stops' });
    }
    await ended;
  }

  #spawn(): Promise<readonly LiveStrategyInfo[]> {
    const { baseDir, clock, onOutput } = this.#options;
    this.#answered = new Int32Array(new SharedArrayBuffer(4));
    this.#replies = 0;
    // The entry beside this file: .ts in the sources, .js in the package.
    const entry = new URL(`./strategy-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
    const worker = new Worker(entry, {
      workerData: { baseDir, answered: this.#answered } satisfies StrategyThreadData,
      // Keys of an account may stand in the environment, and strategies are to depend on bars alone.
      env: {},
      // Flags meant for the program, such as --input-type, may not fit the thread's own file.
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    this.#worker = worker;
    for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (text: Buffer) => onOutput(String(text)));
    let problem = '';
    worker.on('error', (error) => {
      problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    worker.on('exit', (code) => {
      if (worker === this.#worker) this.#onExit(problem === '' ? `its thread ended with code ${code}` : problem);
    });
    worker.on('message', (message: FromStrategyThread) => {
      if (worker === this.#worker) this.#hear(message);
    });
    this.#timer = clock.after(LOAD_DEADLINE_MS, () => this.#onExit(`it did not load within ${LOAD_DEADLINE_MS} ms`));
    this.#tell({ kind: 'load', specs: this.specs });
    return new Promise((resolve, reject) => {
      this.#loading = { resolve, reject };
    });
  }

  #hear(message: FromStrategyThread): void {
    switch (message.kind) {
      case 'loaded': {
        this.#timer?.cancel();
        const loading = this.#loadingOver();
        for (const { question } of this.#jobs) this.#tell({ kind: 'ask', question: packQuestion(question) });
        this.#watchFirst();
        loading?.resolve(message.infos);
        return;
      }
      case 'refused': {
        void this.#end();
        this.#loadingOver()?.reject(unpackError(message.error));
        return;
      }
      case 'answer': {
        const { answer } = message;
        const ms = this.#options.clock.monotonic() - this.#begun;
        this.#replies++;
        const job = this.#jobs.shift();
        // The thread gives the same answer to what it is still asked of this strategy.
        if (answer.kind === 'failed') this.#note(answer);
        job?.resolve(answer.kind === 'failed' ? answer : { ...answer, ms });
        this.#watchFirst();
        if (this.#retired && this.#jobs.length === 0) void this.stop();
        return;
      }
      case 'crashed':
        if (this.#loading || message.strategy === null) this.#onExit(message.detail);
        else this.#stopOne({ kind: 'failed', strategy: message.strategy, failed: 'exited', detail: message.detail });
        return;
    }
  }

  /** Gives the question that the thread works at its time. */
  #watchFirst(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#jobs.length === 0) return;
    const { clock, deadlineMs } = this.#options;
    this.#begun = clock.monotonic();
    this.#timer = clock.after(deadlineMs, () => {
      const stalled = clock.monotonic() - this.#begun > deadlineMs + STALL_MS;
      const onItsWay = Atomics.load(this.#answered, 0) > this.#replies;
      if (stalled || onItsWay) this.#watchFirst();
      else this.#blameFirst('timeout', `it did not answer within ${deadlineMs} ms`);
    });
  }

  #onExit(detail: string): void {
    if (this.#loading) {
      void this.#end();
      const error = new ValvulinError('VLV_STRATEGY_LOAD', `Expected a strategy that loads, got: ${detail}`);
      this.#loadingOver()?.reject(error);
    } else if (this.#jobs.length > 0) this.#blameFirst('exited', detail);
    else this.#failAll(detail);
  }

  #loadingOver(): Loading | null {
    const loading = this.#loading;
    this.#loading = null;
    for (const settled of this.#settled.splice(0)) settled();
    return loading;
  }

  /** Stops the strategy whose question was being answered. */
  #blameFirst(failed: 'timeout' | 'exited', detail: string): void {
    this.#stopOne({ kind: 'failed', strategy: this.#jobs[0].question.strategy, failed, detail });
  }

  /** Ends the thread for the sake of one strategy, and goes on with the others in a new one. */
  #stopOne(failure: StrategyFailure): void {
    this.#fail(failure);
    void this.#end();
    if (this.#specs.size === 0) return;
    this.#spawn().catch((error: unknown) => this.#failAll(error instanceof Error ? error.message : String(error)));
  }

  #failAll(detail: string): void {
    void this.#end();
    for (const strategy of [...this.#specs.keys()]) this.#fail({ kind: 'failed', strategy, failed: 'exited', detail });
  }

  #note(failure: StrategyFailure): void {
    this.#specs.delete(failure.strategy);
    this.#failures.set(failure.strategy, failure);
  }

  /** Notes that a strategy was stopped, and replies so to its open questions. */
  #fail(failure: StrategyFailure): void {
    this.#note(failure);
    const own = this.#jobs.filter(({ question }) => question.strategy === failure.strategy);
    this.#jobs = this.#jobs.filter((job) => !own.includes(job));
    for (const { resolve } of own) resolve(failure);
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#timer?.cancel();
    this.#timer = null;
    await worker?.terminate();
  }

  #tell(message: ToStrategyThread): void {
    this.#worker?.postMessage(message);
  }
}

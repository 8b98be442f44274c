/**
 * What runs in a strategy thread: strategies of one file, asked one after the other. It imports nothing that loads
 * native code (sockets, SQLite): a thread that is ended while that initialises takes the whole process with it.
 */
import { resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { ValvulinError } from '../core/errors.ts';
import { LiveStrategies } from '../execution/live-strategies.ts';
import { BUILT_IN, handlerModule, loadStrategy } from './load-strategy.ts';
import {
  type FromStrategyThread,
  packError,
  type StrategyThreadData,
  type ToStrategyThread,
  unpackQuestion,
} from './strategy-messages.ts';

const port = parentPort;
if (!port) throw new TypeError('This file runs in a worker thread only');
const { baseDir, answered } = workerData as StrategyThreadData;
const strategies = new LiveStrategies({
  loadClass: (handler) => loadStrategy(handler, baseDir),
  fileOf: (handler) => {
    const module = handlerModule(handler);
    return module === BUILT_IN ? null : resolve(baseDir, module);
  },
});

let lastAsked: string | null = null;

const tell = (message: FromStrategyThread): void => port.postMessage(message);

async function hear(message: ToStrategyThread): Promise<void> {
  switch (message.kind) {
    case 'load':
      try {
        tell({ kind: 'loaded', infos: await strategies.load(message.specs) });
      } catch (error) {
        if (!(error instanceof ValvulinError)) throw error;
        tell({ kind: 'refused', error: packError(error) });
      }
      return;
    case 'unload':
      strategies.unload(message.key);
      return;
    case 'ask': {
      lastAsked = message.question.strategy;
      const answer = strategies.ask(unpackQuestion(message.question));
      Atomics.add(answered, 0, 1);
      tell({ kind: 'answer', answer });
      return;
    }
  }
}

process.on('uncaughtException', (error) => {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  tell({ kind: 'crashed', strategy: lastAsked, detail: `${detail} (outside of its answers)` });
  process.exit(1);
});

port.on('message', (message: ToStrategyThread) => void hear(message));

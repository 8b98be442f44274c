/** What runs in a strategy thread: strategies of one file, asked one after the other. */
import { resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { ValvulinError } from '../core/errors.ts';
import { systemClock } from '../data/node-ports.ts';
import { InlineLiveHost } from '../execution/inline-live-host.ts';
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
const host = new InlineLiveHost({
  loadClass: (handler) => loadStrategy(handler, baseDir),
  fileOf: (handler) => {
    const module = handlerModule(handler);
    return module === BUILT_IN ? null : resolve(baseDir, module);
  },
  clock: systemClock,
});

const tell = (message: FromStrategyThread): void => port.postMessage(message);

async function hear(message: ToStrategyThread): Promise<void> {
  switch (message.kind) {
    case 'load':
      try {
        tell({ kind: 'loaded', infos: await host.load(message.specs) });
      } catch (error) {
        if (!(error instanceof ValvulinError)) throw error;
        tell({ kind: 'refused', error: packError(error) });
      }
      return;
    case 'unload':
      host.unload(message.key);
      return;
    case 'ask': {
      const [reply] = await host.decide([unpackQuestion(message.question)]);
      Atomics.add(answered, 0, 1);
      tell({ kind: 'reply', reply });
      return;
    }
  }
}

port.on('message', (message: ToStrategyThread) => void hear(message));

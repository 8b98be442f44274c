import { parentPort, workerData } from 'node:worker_threads';
import type { BarColumns } from '../../src/core/bars.ts';
import { forbidImpurity, reachable } from './forbid.ts';
import { type Digests, runRooms } from './rooms.ts';

/** What the worker thread found out, with the names of forbidden things that were still there. */
export interface PureAnswer {
  readonly reachable: readonly string[];
  readonly digests: Digests;
}

forbidImpurity();
const answer: PureAnswer = { reachable: reachable(), digests: await runRooms(workerData as BarColumns) };
parentPort?.postMessage(answer);

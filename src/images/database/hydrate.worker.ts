import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../kit/app-error.ts';
import { hydrate } from './hydrate.ts';
import type { HydrateReply } from './hydrate-in-thread.ts';

/** One file made ready, in a thread of its own. */
function run(path: string): HydrateReply {
  try {
    return { file: hydrate(path) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

parentPort?.postMessage(run(String(workerData)));

import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../kit/app-error.ts';
import { type PrepareJob, prepare } from './prepare.ts';
import type { PrepareReply } from './prepare-in-thread.ts';

/** One database made ready, in a thread of its own. */
async function run(job: PrepareJob): Promise<PrepareReply> {
  try {
    return { file: await prepare(job) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

parentPort?.postMessage(await run(workerData as PrepareJob));

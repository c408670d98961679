import { Worker } from 'node:worker_threads';
import { VulnerabilityDatabaseError } from './database-error.ts';
import type { HydratedFile } from './hydrate.ts';
import { type PrepareJob, prepare } from './prepare.ts';

export interface PrepareReply {
  readonly file?: HydratedFile;
  readonly problem?: string;
}

/**
 * {@link prepare} in a thread of its own, so that it takes no time of the event loop and gives the memory of its window back.
 * Where the program runs from its TypeScript sources, of which Node makes no thread, it runs here.
 *
 * @throws {VulnerabilityDatabaseError} as that does.
 */
export async function prepareInThread(job: PrepareJob): Promise<HydratedFile> {
  if (!import.meta.url.endsWith('.js')) return prepare(job);
  const worker = new Worker(new URL('./prepare.worker.js', import.meta.url), { workerData: job });
  const reply = await new Promise<PrepareReply>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`preparing a database ended with status ${code}`)));
  });
  if (reply.file === undefined) throw new VulnerabilityDatabaseError(reply.problem ?? 'preparing it failed');
  return reply.file;
}

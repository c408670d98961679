import { Worker } from 'node:worker_threads';
import { VulnerabilityDatabaseError } from './database-error.ts';
import { type HydratedFile, hydrate } from './hydrate.ts';

export interface HydrateReply {
  readonly file?: HydratedFile;
  readonly problem?: string;
}

/**
 * {@link hydrate} in a thread of its own, so that it takes no time of the event loop. Where the program runs from its TypeScript
 * sources, of which Node makes no thread, it runs here.
 *
 * @throws {VulnerabilityDatabaseError} as that does.
 */
export async function hydrateInThread(path: string): Promise<HydratedFile> {
  if (!import.meta.url.endsWith('.js')) return hydrate(path);
  const worker = new Worker(new URL('./hydrate.worker.js', import.meta.url), { workerData: path });
  const reply = await new Promise<HydrateReply>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`indexing ended with status ${code}`)));
  });
  if (reply.file === undefined) throw new VulnerabilityDatabaseError(reply.problem ?? 'indexing failed');
  return reply.file;
}

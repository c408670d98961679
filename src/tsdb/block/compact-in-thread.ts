import { Worker } from 'node:worker_threads';
import { CorruptionError } from '../damage.ts';
import { Pace } from '../pace.ts';
import { compactBlocks } from './compact.ts';
import type { BlockMeta } from './meta.ts';

export interface CompactionJob {
  readonly dir: string;
  readonly sources: readonly string[];
  readonly ulid: string;
}

export interface CompactionReply {
  readonly meta?: BlockMeta | undefined;
  readonly problem?: string;
  /** Where a source is damaged. */
  readonly path?: string;
  readonly offset?: number;
}

/**
 * {@link compactBlocks} in a thread of its own, so that it takes no time of the event loop. Where the program runs from its
 * TypeScript sources, of which Node makes no thread, it runs in slices here.
 */
export async function compactInThread(job: CompactionJob): Promise<BlockMeta | undefined> {
  if (!import.meta.url.endsWith('.js')) return compactBlocks({ ...job, pace: new Pace() });
  const worker = new Worker(new URL('./compaction.worker.js', import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const reply = await new Promise<CompactionReply>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the compaction ended with status ${code}`)));
  });
  if (reply.problem === undefined) return reply.meta;
  if (reply.path !== undefined) throw new CorruptionError(reply.path, reply.offset ?? 0, reply.problem);
  throw new Error(reply.problem);
}

import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../kit/app-error.ts';
import { CorruptionError } from '../damage.ts';
import { Pace } from '../pace.ts';
import { compactBlocks } from './compact.ts';
import type { CompactionJob, CompactionReply } from './compact-in-thread.ts';

/** One compaction, in a thread of its own. */
async function run(job: CompactionJob): Promise<CompactionReply> {
  try {
    // Nothing else waits in this thread, so that it need not rest often.
    const meta = await compactBlocks({ ...job, pace: new Pace(1000) });
    return { meta };
  } catch (error) {
    const place = error instanceof CorruptionError ? { path: error.path, offset: error.offset } : {};
    return { problem: messageOf(error), ...place };
  }
}

parentPort?.postMessage(await run(workerData as CompactionJob));

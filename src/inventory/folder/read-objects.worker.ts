import { parentPort } from 'node:worker_threads';
import { type ReadJob, readObjects } from './read-objects.ts';

parentPort?.on('message', async (job: ReadJob) => parentPort?.postMessage(await readObjects(job)));

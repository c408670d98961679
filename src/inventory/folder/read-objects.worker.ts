import { parentPort } from 'node:worker_threads';
import { type ReadJob, readObjects } from './read-objects.ts';

// One job after the other: what is asked for meanwhile waits here.
let last = Promise.resolve();
parentPort?.on('message', (job: ReadJob) => {
  last = last.then(async () => parentPort?.postMessage(await readObjects(job)));
});

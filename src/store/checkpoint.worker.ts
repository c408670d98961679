import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointReply, CheckpointRequest, CheckpointThreadData } from './checkpoint-thread.ts';
import { codeOfError, openDriver } from './driver.ts';

/** So often it is tried to come to the end of a log that is written to meanwhile: only then does the log begin anew. */
const attempts = 3;

const { path, closed } = workerData as CheckpointThreadData;
const driver = openDriver(path);
driver.exec('PRAGMA synchronous = NORMAL');
driver.exec('PRAGMA cache_size = -64');
const checkpoint = driver.prepare('PRAGMA wal_checkpoint(PASSIVE)');

/** Waits for nobody, and nobody waits for it: what others write or read meanwhile stays in the log. */
function moveLog(): CheckpointReply {
  try {
    for (let i = 0; i < attempts; i++) {
      const { busy, log, checkpointed } = checkpoint.get([]) ?? {};
      if (busy !== 0 || log === checkpointed) break;
    }
    return {};
  } catch (error) {
    return { problem: codeOfError(error) || String(error) };
  }
}

parentPort?.on('message', (request: CheckpointRequest) => {
  if (request === 'checkpoint') {
    parentPort?.postMessage(moveLog());
    return;
  }
  try {
    driver.close();
  } finally {
    const flag = new Int32Array(closed);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    parentPort?.close();
  }
});

import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../kit/app-error.ts';
import { catalogers } from '../catalogers/catalogers.ts';
import { ImageError } from '../image-error.ts';
import { BlobQueue } from './blob-queue.ts';
import { localWork } from './local-work.ts';
import type { FromThread, ToThread } from './messages.ts';

const work = localWork(catalogers);
let queue: BlobQueue | undefined;

function answer(message: FromThread, moved: readonly ArrayBufferLike[] = []): void {
  parentPort?.postMessage(message, moved as ArrayBuffer[]);
}

function failed(error: unknown): void {
  answer({ kind: 'failed', message: messageOf(error), isImageError: error instanceof ImageError });
}

parentPort?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'layer':
      queue = new BlobQueue((bytes) => answer({ kind: 'taken', bytes }, [bytes.buffer]));
      work
        .readLayer(queue, message.job)
        .then((result) => answer({ kind: 'layer-read', result }))
        .catch(failed);
      break;
    case 'piece':
      queue?.add(message.bytes);
      break;
    case 'blob-end':
      queue?.end();
      break;
    case 'blob-failed':
      queue?.fail(new Error('the blob did not come'));
      break;
    case 'folder':
      work
        .readFolder(message.job)
        .then((result) => answer({ kind: 'layer-read', result }))
        .catch(failed);
      break;
    case 'assemble':
      work
        .assemble(message.job)
        .then((image) => answer({ kind: 'assembled', image }))
        .catch(failed);
      break;
  }
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { ImageError } from '../image-error.ts';
import { defaultLimits } from '../limits.ts';
import { AnalysisThread } from './analysis-thread.ts';

/** Answers as the real one does: when the blob has come, and when it is told that it does not. */
const script = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ kind, bytes }) => {
  if (kind === 'piece') parentPort.postMessage({ kind: 'taken', bytes }, [bytes.buffer]);
  if (kind === 'blob-end') parentPort.postMessage({ kind: 'layer-read', result: 'read' });
  if (kind === 'blob-failed')
    parentPort.postMessage({ kind: 'failed', message: 'no blob', isImageError: false });
});
`;

async function* brokenBlob(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1000);
  throw new ImageError('sha256:1 is not what its digest says');
}

async function* wholeBlob(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1000);
}

it('tells why a blob did not come, and takes the next one', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'skopos-thread-')), 'worker.mjs');
  writeFileSync(path, script);
  const thread = new AnalysisThread(pathToFileURL(path), 64);
  const job = { diffId: 'sha256:1', limits: defaultLimits, aliases: new Map() };
  try {
    await expect(thread.readLayer(brokenBlob(), job)).rejects.toThrow('is not what its digest says');
    await expect(thread.readLayer(wholeBlob(), job)).resolves.toBe('read');
  } finally {
    await thread.stop(new Error('the test is over'));
  }
});

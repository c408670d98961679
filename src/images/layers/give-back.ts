import { MessageChannel } from 'node:worker_threads';

/** Whatever moves to it is gone: https://html.spec.whatwg.org/multipage/web-messaging.html#message-port-post-message-steps */
const nowhere = new MessageChannel().port1;
nowhere.close();

/**
 * Gives memory back at once, in place of when it is collected: hundreds of megabytes that go through small buffers would have V8
 * look through all that lives again and again. Nobody may use it any more, and it must be no part of Node's own pool.
 */
export function giveBack(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer) nowhere.postMessage(undefined, [buffer]);
}

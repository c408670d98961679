import { createHash } from 'node:crypto';
import type { RemoteWriteConfig } from '../config/remote-write-config.ts';

/** What a queue is known by. */
export interface QueueName {
  /** As metrics and logs have it: the configured name, or six digits of a hash as in Prometheus. */
  readonly shown: string;
  /** Of its files: the same as long as name and address are the same, whatever else is set. */
  readonly key: string;
}

/** Names of queues, each once; sections without a name are told apart by their address, and by their order where that is the same. */
export function queueNames(configs: readonly RemoteWriteConfig[]): readonly QueueName[] {
  const seen = new Map<string, number>();
  return configs.map(({ name, url }) => {
    const identity = name === '' ? `url ${url}` : `name ${name}`;
    const count = seen.get(identity) ?? 0;
    seen.set(identity, count + 1);
    const key = createHash('sha256').update(`${identity} ${count}`).digest('hex').slice(0, 16);
    return { shown: name === '' ? key.slice(0, 6) : name, key };
  });
}

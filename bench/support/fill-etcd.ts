import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../src/model/object.ts';
import type { KubeCluster } from '../../test/cluster/support/kube-cluster.ts';
import { acceptable } from './fill-cluster.ts';

/** Where the API server stores a kind; by its resource where it is not here. */
const places: Readonly<Record<string, string>> = {
  Node: 'minions',
  Service: 'services/specs',
  Ingress: 'ingress',
  NetworkPolicy: 'networkpolicies',
};

/** Puts in one request; etcd takes 128 at most. */
const batchSize = 100;

/**
 * Writes objects into etcd as the API server stores them, in JSON, which it reads like its own form: many thousand requests would take
 * longer than what is measured. Defaults are filled in when they are read.
 *
 * @returns how many were written
 */
export async function fillEtcd(cluster: KubeCluster, objects: readonly KubeObject[]): Promise<number> {
  for (let at = 0; at < objects.length; at += batchSize) {
    const success = objects.slice(at, at + batchSize).map((object) => ({
      requestPut: { key: base64(keyOf(object)), value: base64(JSON.stringify(stored(object))) },
    }));
    const reply = await fetch(`${cluster.etcdUrl}/v3/kv/txn`, {
      method: 'POST',
      body: JSON.stringify({ success }),
    });
    if (!reply.ok) throw new Error(`etcd: ${reply.status} ${await reply.text()}`);
    await reply.arrayBuffer();
  }
  return objects.length;
}

function keyOf({ kind, metadata: { namespace, name } }: KubeObject): string {
  const place = places[kind] ?? `${kind.toLowerCase()}s`;
  return ['/registry', place, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

function stored(object: KubeObject): object {
  const { metadata, ...rest } = acceptable(object) as KubeObject;
  const creationTimestamp = '2026-01-01T00:00:00Z';
  return { ...rest, metadata: { ...metadata, uid: randomUUID(), creationTimestamp } };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

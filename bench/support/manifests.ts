import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { KubeObject } from '../../src/model/object.ts';
import { cluster } from '../cluster.ts';

/** A deployment of the folder that can be made privileged and mended. */
export interface Target {
  readonly name: string;
  readonly namespace: string;
  /** Writes the file that the deployment is in anew, as an editor does: a file beside it, renamed over it. */
  write(change: { readonly privileged: boolean } | { readonly annotation: string }): void;
}

const perFile = 10;

/** Writes a cluster of `count` objects as YAML, a folder for each namespace and ten objects a file. */
export function writeManifests(folder: string, count: number): { readonly targets: readonly Target[] } {
  const byNamespace = new Map<string, KubeObject[]>();
  for (const object of cluster(count)) {
    const namespace = object.metadata.namespace ?? '';
    const of = byNamespace.get(namespace) ?? [];
    byNamespace.set(namespace, of);
    of.push(object);
  }
  const targets: Target[] = [];
  for (const [namespace, objects] of byNamespace) {
    const inFolder = join(folder, namespace === '' ? 'cluster' : namespace);
    mkdirSync(inFolder, { recursive: true });
    for (let at = 0; at < objects.length; at += perFile) {
      const file = join(inFolder, `objects-${at / perFile}.yaml`);
      targets.push(...writeFile(file, objects.slice(at, at + perFile)));
    }
  }
  return { targets };
}

/** @returns the deployments of the file that are not privileged yet. */
function writeFile(file: string, objects: readonly KubeObject[]): Target[] {
  const documents = objects.map(asYaml);
  writeFileSync(file, documents.join('---\n'));
  return objects.flatMap((object, index) =>
    object.kind === 'Deployment' && !isPrivileged(object) ? [targetOf(object, file, documents, index)] : [],
  );
}

function targetOf(object: KubeObject, file: string, documents: string[], index: number): Target {
  let { metadata } = object;
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    write(change) {
      if ('annotation' in change)
        metadata = {
          ...metadata,
          annotations: { ...metadata.annotations, 'example.com/turn': change.annotation },
        };
      const changed = structuredClone({ ...object, metadata });
      if ('privileged' in change)
        firstContainer(changed)['securityContext'] = contextOf(object, change.privileged);
      documents[index] = asYaml(changed);
      writeFileSync(`${file}.tmp`, documents.join('---\n'));
      renameSync(`${file}.tmp`, file);
    },
  };
}

function contextOf(object: KubeObject, privileged: boolean): unknown {
  const context = firstContainer(object)['securityContext'];
  // The API server refuses `privileged` beside a forbidden escalation.
  return privileged ? { ...(context as object), allowPrivilegeEscalation: true, privileged: true } : context;
}

function isPrivileged(object: KubeObject): boolean {
  return containersOf(object).some((container) => JSON.stringify(container).includes('"privileged":true'));
}

function firstContainer(object: KubeObject): Record<string, unknown> {
  const [container] = containersOf(object);
  if (container === undefined) throw new Error(`${object.metadata.name} has no container`);
  return container;
}

function containersOf(object: KubeObject): Record<string, unknown>[] {
  return (object['spec'] as { template: { spec: { containers: Record<string, unknown>[] } } }).template.spec
    .containers;
}

function asYaml(object: KubeObject): string {
  return dump(object, { noRefs: true });
}

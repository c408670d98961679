import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** The namespace that this process runs in: `POD_NAMESPACE`, or what every pod is told; undefined outside of a cluster. */
export function ownNamespace(env: NodeJS.ProcessEnv = process.env, file = namespaceFile): string | undefined {
  const told = env['POD_NAMESPACE'] ?? '';
  if (told !== '') return told;
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** A name that no other replica has, fit for the name of an object: the pod's, which is its host's name too. */
export function ownName(env: NodeJS.ProcessEnv = process.env): string {
  const name = env['POD_NAME'] ?? '';
  return (name === '' ? hostname() : name).toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
}

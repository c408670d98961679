import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { BadInputError } from '../kit/app-error.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { KubeError } from '../kube/kube-error.ts';
import { bundleOf, type CertificateState } from './certificates.ts';

/** Where replicas keep the certificates that they share. */
export interface CertificateStore {
  /** For people: where it is. */
  readonly place: string;
  /** Undefined while there are none. @throws when it cannot be read. */
  read(signal: AbortSignal): Promise<Held | undefined>;
  /** Puts a state in the place of the one that was read (undefined: of none). @returns false when another was quicker. */
  write(state: CertificateState, over: Held | undefined, signal: AbortSignal): Promise<boolean>;
}

export interface Held {
  readonly state: CertificateState;
  /** Of the store, to tell whether another has written since. */
  readonly version: string;
}

const keyed = { cert: z.string(), key: z.string(), sinceMs: z.number(), untilMs: z.number() };
const stateSchema = z.object({
  authorities: z.array(z.object(keyed)).min(1),
  serving: z.object({ ...keyed, signedByMs: z.number(), names: z.array(z.string()) }),
});

/** A file that only its owner may read; for one process alone. */
export function certificateFile(path: string): CertificateStore {
  return {
    place: path,
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      return text === undefined ? undefined : { state: parseState(text, path), version: '' };
    },
    async write(state) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
      await rename(`${path}.new`, path);
      return true;
    },
  };
}

interface Secret {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** The key of the Secret that holds everything; `tls.crt` and `ca.crt` stand beside it for people. */
const stateKey = 'state.json';

/** What using {@link certificateSecret} takes, in the Secret's namespace. Names cannot be given for `create`. */
export function certificateSecretRules(name: string) {
  return [
    { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['get', 'update'] },
  ] as const;
}

/** A Secret, with the API server's optimistic concurrency. */
export function certificateSecret(
  client: Pick<KubeClient, 'get' | 'write'>,
  namespace: string,
  name: string,
): CertificateStore {
  const all = `/api/v1/namespaces/${namespace}/secrets`;
  const place = `Secret ${namespace}/${name}`;
  return {
    place,
    async read(signal) {
      try {
        const { metadata, data } = await client.get<Secret>({ path: `${all}/${name}`, signal });
        const text = data?.[stateKey];
        // One that was made empty by a chart is filled in.
        if (text === undefined) return undefined;
        const json = Buffer.from(text, 'base64').toString('utf8');
        return { state: parseState(json, place), version: metadata.resourceVersion };
      } catch (error) {
        if (error instanceof KubeError && error.status === 404) return undefined;
        throw error;
      }
    },
    async write(state, over, signal) {
      const data = {
        [stateKey]: base64(JSON.stringify(state)),
        'tls.crt': base64(state.serving.cert),
        'ca.crt': base64(bundleOf(state)),
      };
      const metadata = { name, ...(over === undefined ? {} : { resourceVersion: over.version }) };
      const body = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata, data };
      try {
        if (over === undefined) await client.write({ method: 'POST', path: all, body, signal });
        else await client.write({ method: 'PUT', path: `${all}/${name}`, body, signal });
        return true;
      } catch (error) {
        if (error instanceof KubeError && error.status === 409) return false;
        throw error;
      }
    },
  };
}

function parseState(text: string, place: string): CertificateState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The text holds keys, so that not even a part of it may be in a message.
    throw new BadInputError('', `${place} holds no JSON; delete it to have certificates made anew`);
  }
  const parsed = stateSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadInputError('', `${place} holds no certificates of ours; delete it to have them made anew`);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

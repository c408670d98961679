import { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import type { JobRequest, JobSpec } from '../job.ts';
import { withNames } from './any-case.ts';
import { parseWlid } from './wlid.ts';

/** What Kubevuln can be asked for, by the names that its statuses have for them. */
export const imageEndpoints = ['generateSBOM', 'scanCVE', 'scanRegistry', 'scanCP'] as const;
export type ImageEndpoint = (typeof imageEndpoints)[number];

/** A login that came with a command. Never to be kept or logged. */
export interface CommandLogin {
  readonly username: string;
  readonly password: string;
  readonly registryToken: string;
}

/** A command of Kubevuln, as a job. */
export interface ImageCommand {
  readonly spec: JobSpec;
  readonly request: JobRequest;
  /** `docker.io/library/nginx:1.27`, or whatever the command calls it; '' for a profile. */
  readonly image: string;
  readonly logins: readonly CommandLogin[];
}

const names = [
  ...['imageTag', 'imageHash', 'wlid', 'containerName', 'jobID', 'parentJobID', 'credentials'],
  ...['credentialsList', 'args'],
];
const loginNames = ['username', 'password', 'auth', 'registrytoken'];
const text = z.string().nullish();
const loginSchema = z.looseObject({ username: text, password: text, auth: text, registrytoken: text });
const commandSchema = z.looseObject({
  imageTag: text,
  imageHash: text,
  wlid: text,
  containerName: text,
  jobID: text,
  parentJobID: text,
  credentials: loginSchema.nullish(),
  credentialsList: z.array(loginSchema).nullish(),
  args: z.record(z.string(), z.unknown()).nullish(),
});

type Fields = z.output<typeof commandSchema>;

/**
 * Reads the body of one of Kubevuln's paths.
 *
 * Sources: https://github.com/armosec/armoapi-go, apis/websocketdatastructures.go (`WebsocketScanCommand`, `RegistryScanCommand`);
 * https://github.com/kubescape/kubevuln, core/services/scan.go (what must be there)
 *
 * @throws {BadInputError} naming the field
 */
export function parseImageCommand(endpoint: ImageEndpoint, body: unknown): ImageCommand {
  const fields = fieldsOf(body);
  const { jobID, parentJobID } = fields;
  const request: JobRequest = {
    origin: 'command',
    ...(jobID ? { id: jobID } : {}),
    ...(parentJobID ? { parentId: parentJobID } : {}),
  };
  if (endpoint === 'scanCP') return { spec: profileSpec(fields), request, image: '', logins: [] };
  const image = imageOf(endpoint, fields);
  const all = [...(fields.credentials ? [fields.credentials] : []), ...(fields.credentialsList ?? [])];
  return { spec: specOf(endpoint, image, fields), request, image, logins: all.map(loginOf) };
}

/** What Kubevuln says of a command in its answers, accepted or not. */
export function commandDetail(endpoint: ImageEndpoint, body: unknown): string {
  const given = withNames(body, names) as Partial<Record<string, unknown>> | null;
  const field = (name: string): string => String(given?.[name] ?? '');
  const args = (given?.['args'] ?? {}) as Readonly<Record<string, unknown>>;
  const hash = field('imageHash') || field('imageTag');
  switch (endpoint) {
    case 'generateSBOM':
      return `ImageHash=${hash}`;
    case 'scanCVE':
      return `Wlid=${field('wlid')}, ImageHash=${hash}`;
    case 'scanRegistry':
      return `ImageTag=${field('imageTag')}`;
    case 'scanCP':
      return `Wlid=${field('wlid')}, Name=${args['name'] ?? ''}, Namespace=${args['namespace'] ?? ''}`;
  }
}

function fieldsOf(body: unknown): Fields {
  const parsed = commandSchema.safeParse(loginsNamed(withNames(body, names)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadInputError(issue?.path.join('.') ?? '', issue?.message ?? 'expected a JSON object');
}

function loginsNamed(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { credentials, credentialsList } = body as Readonly<Record<string, unknown>>;
  return {
    ...body,
    ...(credentials === undefined ? {} : { credentials: withNames(credentials, loginNames) }),
    ...(Array.isArray(credentialsList)
      ? { credentialsList: credentialsList.map((one) => withNames(one, loginNames)) }
      : {}),
  };
}

/** With the digest where it is one that a registry knows: a bare one may be that of the configuration, which none does. */
function imageOf(endpoint: ImageEndpoint, { imageTag, imageHash }: Fields): string {
  const tag = imageTag ?? '';
  if (tag === '') throw new BadInputError('imageTag', 'it has to be given');
  const hash = (imageHash ?? '').replace(/^[a-z-]+:\/\//, '');
  return endpoint !== 'scanRegistry' && hash.includes('@sha256:') ? hash : tag;
}

const titles: Readonly<Record<Exclude<ImageEndpoint, 'scanCP'>, string>> = {
  generateSBOM: 'SBOM of the image',
  scanCVE: 'Scan of the image',
  scanRegistry: "Scan of a registry's image",
};

function specOf(
  endpoint: Exclude<ImageEndpoint, 'scanCP'>,
  image: string,
  { containerName, wlid }: Fields,
): JobSpec {
  const object = wlid ? workloadOf(wlid) : undefined;
  const title = `${titles[endpoint]} ${image}`;
  if (endpoint === 'scanRegistry')
    return { kind: 'registry', command: endpoint, title, work: { type: 'registry-image', image } };
  return {
    ...{ kind: 'images', command: endpoint, title },
    work: {
      type: 'workload-images',
      images: [{ container: containerName ?? '', image }],
      ...(object === undefined ? {} : { object }),
    },
  };
}

/** Ids of workloads are for people here: one that cannot be read changes nothing of what is scanned. */
function workloadOf(wlid: string) {
  try {
    const { namespace = '', kind, name } = parseWlid(wlid);
    return kind === undefined || name === undefined ? undefined : { group: '', kind, namespace, name };
  } catch (error) {
    if (error instanceof BadInputError) return undefined;
    throw error;
  }
}

function profileSpec({ args }: Fields): JobSpec {
  const { name, namespace } = (args ?? {}) as { readonly name?: unknown; readonly namespace?: unknown };
  if (typeof name !== 'string' || name === '' || typeof namespace !== 'string' || namespace === '')
    throw new BadInputError('args', 'name and namespace have to be given');
  return {
    kind: 'images',
    command: 'scanCP',
    title: `Scan of what the profile ${namespace}/${name} says is used`,
    work: {
      type: 'unsupported',
      reason: 'nobody watches here which files containers use, so there are no profiles to scan by',
    },
  };
}

function loginOf({ username, password, auth, registrytoken }: z.output<typeof loginSchema>): CommandLogin {
  // `auth` is the pair in base64, as docker's configuration has it.
  const [user = '', ...rest] = (auth ? Buffer.from(auth, 'base64').toString('utf8') : '').split(':');
  return {
    username: username || user,
    password: password || rest.join(':'),
    registryToken: registrytoken ?? '',
  };
}

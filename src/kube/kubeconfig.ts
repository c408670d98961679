import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CORE_SCHEMA, load } from 'js-yaml';
import { z } from 'zod';
import { BadInputError, messageOf } from '../kit/app-error.ts';
import type { Credentials, KubeAccess } from './access.ts';
import { execCredentials } from './exec-credentials.ts';
import { rereading, tokenFile } from './in-cluster.ts';

/** Empty strings stand for absent, as Go writes them. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === '' || value === null ? undefined : value));

const cluster = z.object({
  server: z.string().min(1),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
});

const exec = z.object({
  command: z.string().min(1),
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: text,
});

const user = z.object({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  exec: exec.nullish(),
  'auth-provider': z.unknown().optional(),
});

/** Only what is needed is looked at; a kubeconfig may hold clusters that we know nothing of. */
const kubeconfig = z.object({
  'current-context': text,
  clusters: z.array(z.object({ name: z.string(), cluster: z.unknown().optional() })).nullish(),
  users: z.array(z.object({ name: z.string(), user: z.unknown().optional() })).nullish(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: text }) }))
    .nullish(),
});

/**
 * Reads a kubeconfig: certificates, tokens, token files, passwords and credential programs. Ours, as loading the
 * official client for it costs some 70 MiB of memory.
 *
 * @throws {BadInputError} saying what is missing or wrong, and where.
 *
 * Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export async function loadKubeconfig(path: string, context?: string): Promise<KubeAccess> {
  const config = read(path, 'the kubeconfig', kubeconfig, await parseFile(path));
  const name = context ?? config['current-context'];
  const names = (config.contexts ?? []).map((each) => each.name);
  if (name === undefined)
    throw new BadInputError(
      '',
      `${path} has no current-context; give --context, one of: ${names.join(', ')}`,
    );
  const chosen = config.contexts?.find((each) => each.name === name)?.context;
  if (chosen === undefined)
    throw new BadInputError('', `${path} has no context "${name}"; it has: ${names.join(', ') || 'none'}`);
  const clusterValue = config.clusters?.find((each) => each.name === chosen.cluster)?.cluster;
  if (clusterValue === undefined)
    throw new BadInputError('', `${path} has no cluster "${chosen.cluster}", which context "${name}" names`);
  const found = read(path, `cluster "${chosen.cluster}"`, cluster, clusterValue);
  if (found['proxy-url'] !== undefined)
    throw new BadInputError(
      '',
      `${path}: proxy-url of cluster "${chosen.cluster}" is not supported; use an address that can be reached directly`,
    );
  const userValue = config.users?.find((each) => each.name === chosen.user)?.user ?? {};
  const who = read(path, `user "${chosen.user ?? ''}"`, user, userValue);
  const folder = dirname(resolve(path));
  const ca = await pem(path, folder, found['certificate-authority-data'], found['certificate-authority']);
  const serverName = found['tls-server-name'];
  return {
    name,
    server: found.server.replace(/\/+$/, ''),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { serverName }),
      insecure: found['insecure-skip-tls-verify'] ?? false,
    },
    credentials: await credentialsOf(path, folder, who, chosen.user ?? ''),
  };
}

async function credentialsOf(
  path: string,
  folder: string,
  who: z.infer<typeof user>,
  name: string,
): Promise<(renew?: boolean) => Promise<Credentials>> {
  if (who['auth-provider'] !== undefined && who['auth-provider'] !== null)
    throw new BadInputError(
      '',
      `${path}: user "${name}" uses auth-provider, which Kubernetes has given up; use exec or a token`,
    );
  if (who.exec !== undefined && who.exec !== null) {
    const { command, args, env, apiVersion, installHint = '' } = who.exec;
    return execCredentials({
      // With a slash in it, a command is relative to the kubeconfig; without one it is looked up.
      command: command.includes('/') ? resolve(folder, command) : command,
      args: args ?? [],
      env: Object.fromEntries((env ?? []).map((each) => [each.name, each.value])),
      apiVersion,
      installHint,
      folder,
    });
  }
  const ofCertificate = await certificateOf(path, folder, who);
  if (who.tokenFile !== undefined) {
    const fromFile = tokenFile(resolve(folder, who.tokenFile));
    return async (renew) => ({ ...(await ofCertificate(renew)), ...(await fromFile(renew)) });
  }
  const authorization = authorizationOf(who);
  return async (renew) => ({
    ...(await ofCertificate(renew)),
    ...(authorization === undefined ? {} : { authorization }),
  });
}

/**
 * The client certificate. One that stands in files is replaced there before it runs out (by kubelet, cert-manager, a person), so
 * they are read again every minute, and at once when the server does not accept it.
 */
async function certificateOf(
  path: string,
  folder: string,
  who: z.infer<typeof user>,
): Promise<(renew?: boolean) => Promise<Credentials>> {
  const read = async (): Promise<Credentials> => {
    const certificate = await pem(path, folder, who['client-certificate-data'], who['client-certificate']);
    const key = await pem(path, folder, who['client-key-data'], who['client-key']);
    return {
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    };
  };
  const first = await read();
  const isInFiles = who['client-certificate'] !== undefined || who['client-key'] !== undefined;
  return isInFiles ? rereading(read, first) : () => Promise.resolve(first);
}

function authorizationOf({ token, username, password }: z.infer<typeof user>): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

async function parseFile(path: string): Promise<unknown> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    throw new BadInputError('', `cannot read the kubeconfig ${path}: ${messageOf(error)}`, { cause: error });
  }
  try {
    return load(content, { schema: CORE_SCHEMA, maxDepth: 50, maxAliases: 0 });
  } catch (error) {
    // The message of the parser quotes lines of the file, which may be secrets.
    const { line = 0, column = 0 } =
      (error as { readonly mark?: { line?: number; column?: number } }).mark ?? {};
    const { reason = 'it is empty' } = error as { readonly reason?: string };
    throw new BadInputError('', `${path}:${line + 1}:${column + 1}: the kubeconfig is no YAML: ${reason}`);
  }
}

function read<T>(path: string, what: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new BadInputError('', `${path}: ${what} is wrong${where}: ${issue?.message ?? 'not understood'}`);
}

async function pem(
  path: string,
  folder: string,
  base64: string | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  if (base64 !== undefined) return Buffer.from(base64, 'base64').toString();
  if (file === undefined) return undefined;
  try {
    return await readFile(resolve(folder, file), 'utf8');
  } catch (error) {
    throw new BadInputError('', `${path} names ${file}, which cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

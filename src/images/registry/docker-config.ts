import { Buffer } from 'node:buffer';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import { Secret } from '../../kit/secret.ts';
import { askHelper } from './credential-helper.ts';
import type { CredentialSource, FoundLogin, RegistryLogin } from './credentials.ts';

interface AuthEntry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
  readonly registrytoken?: unknown;
}

interface Entry {
  readonly host: string;
  readonly path: string;
  readonly login: RegistryLogin;
}

export interface DockerConfigOptions {
  /** For people: `docker config`, `secret shop/pull`. */
  readonly origin: string;
  /** Whether programs that it names may be run. */
  readonly mayRunHelpers: boolean;
}

/**
 * The logins of a docker `config.json`: those written in it (`auths`), and of programs (`credHelpers`, `credsStore`) where these may be
 * run. Matched as kubelet does: hosts part by part with `*`, paths from their start, the longest first.
 *
 * Source: https://kubernetes.io/docs/concepts/containers/images/#config-json
 *
 * @throws {BadInputError} when it is no such file.
 */
export function dockerConfigCredentials(
  text: string,
  { origin, mayRunHelpers }: DockerConfigOptions,
): CredentialSource {
  const config = objectOf(parse(text, origin));
  const entries = readAuths(objectOf(config['auths']), origin);
  const helpers = objectOf(config['credHelpers']);
  const store = config['credsStore'];
  return {
    async find(registry, repository, signal) {
      const found: FoundLogin[] = matching(entries, registry, repository).map(({ login }) => ({
        login,
        origin,
      }));
      if (!mayRunHelpers) return found;
      const own = Object.entries(helpers).find(([host]) => hostOf(host).host === registry)?.[1];
      const helper = typeof own === 'string' ? own : typeof store === 'string' ? store : undefined;
      const login = helper && (await askHelper(helper, serverName(registry), signal));
      return login ? [{ login, origin: `docker-credential-${helper}` }, ...found] : found;
    },
  };
}

/**
 * The logins of a legacy `.dockercfg`, which has what newer ones have below `auths`.
 *
 * @throws {BadInputError} when it is no such file.
 */
export function dockercfgCredentials(text: string, options: DockerConfigOptions): CredentialSource {
  const auths = parse(text, options.origin);
  return dockerConfigCredentials(JSON.stringify({ auths }), options);
}

function readAuths(auths: Readonly<Record<string, unknown>>, origin: string): Entry[] {
  return Object.entries(auths)
    .flatMap(([key, value]) => {
      const login = loginOf(objectOf(value) as AuthEntry, `${origin}: the login for ${key}`);
      return login === undefined ? [] : [{ ...hostOf(key), login }];
    })
    .sort((a, b) => b.path.length - a.path.length || b.host.length - a.host.length);
}

function loginOf(entry: AuthEntry, what: string): RegistryLogin | undefined {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  if (text(entry.identitytoken) !== '')
    return { kind: 'identity', token: new Secret(text(entry.identitytoken)) };
  if (text(entry.registrytoken) !== '')
    return { kind: 'registry', token: new Secret(text(entry.registrytoken)) };
  if (text(entry.auth) === '') {
    if (text(entry.username) === '') return undefined;
    return { kind: 'password', username: text(entry.username), password: new Secret(text(entry.password)) };
  }
  const decoded = Buffer.from(text(entry.auth), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw new BadInputError('', `${what} is not base64 of "user:password"`);
  return {
    kind: 'password',
    username: decoded.slice(0, colon),
    // Some writers left zero bytes behind it.
    password: new Secret(decoded.slice(colon + 1).replace(/\0+$/, '')),
  };
}

function matching(entries: readonly Entry[], registry: string, repository: string): readonly Entry[] {
  return entries.filter(
    ({ host, path }) =>
      matchesHost(host, registry) &&
      (path === '' || repository === path || repository.startsWith(`${path}/`)),
  );
}

/** Part by part, each with `*` for any letters; ports must be the same. */
function matchesHost(pattern: string, registry: string): boolean {
  if (pattern === registry) return true;
  const [wanted = '', wantedPort = ''] = pattern.split(':');
  const [host = '', port = ''] = registry.split(':');
  const parts = wanted.split('.');
  const own = host.split('.');
  return (
    pattern.includes('*') &&
    port === wantedPort &&
    parts.length === own.length &&
    parts.every((part, i) => matchesPart(part, own[i] ?? ''))
  );
}

function matchesPart(pattern: string, part: string): boolean {
  const [start = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === part;
  if (!part.startsWith(start)) return false;
  let at = start.length;
  const end = rest.pop() ?? '';
  for (const piece of rest) {
    const found = part.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return part.length - end.length >= at && part.endsWith(end);
}

const hubHosts = new Set(['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com', 'docker.io']);

/** Keys are hosts, or addresses as `https://index.docker.io/v1/`. */
function hostOf(key: string): { host: string; path: string } {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const slash = bare.indexOf('/');
  const host = slash < 0 ? bare : bare.slice(0, slash);
  const path = slash < 0 ? '' : bare.slice(slash + 1);
  return { host: hubHosts.has(host) ? 'docker.io' : host, path: /^v[12]$/.test(path) ? '' : path };
}

function serverName(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

function parse(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The message quotes what it could not read, which may be a password.
    throw new BadInputError(
      '',
      `${origin} is no JSON${/position \d+/.exec(messageOf(error))?.[0].replace(/^/, ' at ') ?? ''}`,
    );
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

import { BadInputError, messageOf, UnavailableError } from '../../kit/app-error.ts';
import { type ExportedGroup, yaml } from './rule-manifests.ts';

/** Where a ruler is, and who asks. */
export interface RulerOptions {
  /** Such as `http://mimir:8080`; where it holds a path, that is the prefix of its Prometheus API. */
  readonly url: string;
  /** `X-Scope-OrgID`. */
  readonly tenant?: string;
  readonly token?: string;
  readonly user?: string;
  readonly signal: AbortSignal;
}

/**
 * Puts groups into a namespace of Mimir's ruler; one of the same name there is replaced.
 *
 * Source: https://grafana.com/docs/mimir/latest/references/http-api/#set-rule-group
 * @throws {BadInputError} when the ruler refuses a group, {UnavailableError} when it cannot be reached or fails.
 */
export async function putGroup(
  options: RulerOptions,
  namespace: string,
  group: ExportedGroup,
): Promise<void> {
  const { url, tenant, token, user, signal } = options;
  const target = rulerUrl(url, namespace);
  let reply: Response;
  try {
    reply = await fetch(target, {
      method: 'POST',
      signal,
      body: yaml(group),
      headers: {
        'content-type': 'application/yaml',
        ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
        ...authorization(token, user),
      },
    });
  } catch (error) {
    const why = messageOf((error as { cause?: unknown }).cause ?? error);
    throw new UnavailableError(`nobody answers at ${url} (${why})`, { cause: error });
  }
  const said = (await reply.text()).trim().slice(0, 500);
  if (reply.ok) return;
  const problem = `${target.pathname} refused group "${group.name}" with ${reply.status}${said === '' ? '' : `: ${said}`}${adviceOn(reply.status)}`;
  throw reply.status < 500 ? new BadInputError('', problem) : new UnavailableError(problem);
}

/** Mimir serves its ruler under the prefix of its Prometheus API, `/prometheus` unless it is set to another. */
function rulerUrl(url: string, namespace: string): URL {
  const base = new URL(url);
  const prefix = base.pathname === '/' ? '/prometheus' : base.pathname.replace(/\/+$/, '');
  return new URL(`${prefix}/config/v1/rules/${encodeURIComponent(namespace)}`, base);
}

function authorization(token: string | undefined, user: string | undefined): Record<string, string> {
  if (token === undefined) return {};
  if (user === undefined) return { authorization: `Bearer ${token}` };
  return { authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}` };
}

function adviceOn(status: number): string {
  if (status === 401) return '; give --tenant, or --token and --user';
  if (status === 404)
    return '; does the address have the prefix of its Prometheus API, and is the ruler API enabled?';
  return '';
}

import { type FastifyInstance, parameters } from '../../http/server.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import type {
  AccessJson,
  ConnectionJson,
  ExposureJson,
  RelationsJson,
  SubjectAccessJson,
  WhoMayJson,
} from './contract.ts';
import { base, listParameter, oneOf, wholeParameter, wordParameter } from './parameters.ts';
import type { SkoposSource } from './source.ts';

const mostRows = 1000;
const kinds = ['ServiceAccount', 'User', 'Group'] as const;
const states = ['open', 'limited', 'closed', 'not-filtered'] as const;
const protocols = ['TCP', 'UDP', 'SCTP'] as const;

/** `GET /access`, `/access/subject`, `/access/who`, `/exposure`, `/exposure/connection`, `/relations`. */
export function relationRoutes(app: FastifyInstance, { relations }: SkoposSource): void {
  app.get(`${base}/access`, async (request): Promise<AccessJson> => {
    const all = parameters(request);
    const kind = wordParameter(all, 'kind', kinds);
    const namespaces = listParameter(all, 'namespace');
    const power = all.get('power') ?? '';
    const isCluster = wordParameter(all, 'cluster', ['true', 'false'] as const) === 'true';
    const q = textParameter(all, 'q');
    const items = relations()
      .ranking()
      .filter(
        ({ subject, powers, leadsToCluster }) =>
          (kind === undefined || subject.kind === kind) &&
          (namespaces.length === 0 || namespaces.includes(subject.namespace)) &&
          (power === '' || powers.some(({ id }) => id === power)) &&
          (!isCluster || leadsToCluster) &&
          subject.key.toLowerCase().includes(q),
      );
    return { total: items.length, items: pageOf(items, all) };
  });

  app.get(`${base}/access/subject`, async (request): Promise<SubjectAccessJson> => {
    const found = relations();
    return found.subject(found.parseSubject(needed(parameters(request), 'subject')));
  });

  app.get(`${base}/access/who`, async (request): Promise<WhoMayJson> => {
    const all = parameters(request);
    const name = all.get('name') ?? '';
    const action = {
      verb: needed(all, 'verb'),
      group: all.get('group') ?? '',
      resource: needed(all, 'resource'),
      ...(name === '' ? {} : { name }),
    };
    return relations().whoMay(action, all.get('namespace') ?? '');
  });

  app.get(`${base}/exposure`, async (request): Promise<ExposureJson> => {
    const all = parameters(request);
    const state = listParameter(all, 'state').map((text) => oneOf('state', text, states));
    const namespaces = listParameter(all, 'namespace');
    const kind = all.get('kind') ?? '';
    const q = textParameter(all, 'q');
    const found = relations();
    const items = found
      .exposed()
      .filter(
        ({ key, object, ways }) =>
          (namespaces.length === 0 || namespaces.includes(object.namespace)) &&
          (state.length === 0 || ways.some((way) => state.includes(way.state))) &&
          (kind === '' || ways.some((way) => way.kind === kind)) &&
          `${key} ${ways.flatMap(({ hosts }) => hosts).join(' ')}`.toLowerCase().includes(q),
      );
    return { total: items.length, items: pageOf(items, all), notEvaluated: found.notEvaluated() };
  });

  app.get(`${base}/exposure/connection`, async (request): Promise<ConnectionJson> => {
    const all = parameters(request);
    const [from, to] = [needed(all, 'from'), needed(all, 'to')];
    const port = wholeParameter(all, 'port', { fallback: 0 });
    const protocol = wordParameter(all, 'protocol', protocols) ?? 'TCP';
    const connection = relations().connection(from, to, port === 0 ? [] : [{ protocol, port }]);
    if (connection !== undefined) return connection;
    throw new NotFoundError(`"${from}" or "${to}" is not there, or has no pods`);
  });

  app.get(`${base}/relations`, async (request): Promise<RelationsJson> => {
    const key = needed(parameters(request), 'key');
    const found = relations().relations(key);
    if (found === undefined) throw new NotFoundError(`there is no object "${key}"`);
    return found;
  });
}

/** @throws {BadInputError} when it is left out. */
function needed(all: URLSearchParams, name: string): string {
  const text = all.get(name) ?? '';
  if (text === '') throw new BadInputError(name, 'is needed');
  return text;
}

function textParameter(all: URLSearchParams, name: string): string {
  return (all.get(name) ?? '').trim().toLowerCase();
}

function pageOf<T>(items: readonly T[], all: URLSearchParams): readonly T[] {
  const offset = wholeParameter(all, 'offset', { fallback: 0 });
  return items.slice(offset, offset + wholeParameter(all, 'limit', { fallback: mostRows, most: mostRows }));
}

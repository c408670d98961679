import type { z } from 'zod';
import { type FastifyInstance, type FastifyReply, parameters, statusOf } from '../../http/server.ts';
import { BadInputError, messageOf, NotFoundError } from '../../kit/app-error.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import { isoTime, postedAlerts, postedSilence, silenceJson } from './json.ts';
import { alertText, groupText, listText } from './list-text.ts';
import { readAlerts } from './read-alerts.ts';
import type { AlertFilter, AlertmanagerSource, ParseMatcher, PeersState, SilenceState } from './source.ts';

/** The Alertmanager whose API this is; clients compare it with their own. */
const apiVersion = '0.34.0';
const json = 'application/json; charset=utf-8';

/** Alertmanager's API v2, as in its OpenAPI document. Errors are a JSON string, as upstream sends them. */
export function alertmanagerRoutes(
  app: FastifyInstance,
  source: AlertmanagerSource,
  options: { readonly version: string; readonly parseMatcher: ParseMatcher },
): void {
  const { parseMatcher } = options;
  app.setErrorHandler((error: unknown, _request, reply: FastifyReply) =>
    reply
      .code(statusOf(error))
      .type('application/json')
      .send(JSON.stringify(messageOf(error))),
  );

  app.get('/api/v2/status', () => {
    const { startedAtMs, configText } = source.status();
    return {
      cluster: clusterJson(source.peers()),
      versionInfo: {
        version: apiVersion,
        revision: '',
        branch: `skopos ${options.version}`,
        buildUser: '',
        buildDate: '',
        goVersion: `node ${process.version}`,
      },
      config: { original: configText },
      uptime: isoTime(startedAtMs),
    };
  });

  app.get('/api/v2/receivers', (request) => {
    const tests = matchersOf(parameters(request), 'receiver_matchers').map((matcher) => ({
      name: matcher.name,
      test: compileMatcher(matcher),
    }));
    return source
      .receivers()
      .filter(({ labels }) => tests.every(({ name, test }) => test(labels[name] ?? '')))
      .map(({ name, labels }) => ({ name, labels }));
  });

  app.get('/api/v2/alerts', (request, reply) =>
    reply.type(json).send(listText(source.alerts(filterOf(parameters(request))), alertText)),
  );

  app.get('/api/v2/alerts/groups', (request, reply) =>
    reply.type(json).send(listText(source.groups(filterOf(parameters(request))), groupText)),
  );

  app.post('/api/v2/alerts', async (request, reply) => {
    const { problems } = source.receive(readAlerts(request.body) ?? parseBody(postedAlerts, request.body));
    if (problems.length > 0) throw new BadInputError('', problems.join('; '));
    return reply.code(200).send();
  });

  app.get('/api/v2/silences', (request) => {
    const all = parameters(request);
    const wanted = (state: SilenceState['state']) => flag(all, state) ?? true;
    const matchers = matchersOf(all, 'filter');
    return source.silences
      .list()
      .filter(({ state }) => wanted(state))
      .filter((silence) => matchers.every((matcher) => concerns(silence, matcher)))
      .map(silenceJson);
  });

  app.post('/api/v2/silences', (request) => ({
    silenceID: source.silences.set(parseBody(postedSilence, request.body)),
  }));

  app.get('/api/v2/silence/:id', (request) => {
    const { id } = request.params as { id: string };
    const silence = source.silences.get(id);
    if (silence === undefined) throw new NotFoundError(`there is no silence ${id}`);
    return silenceJson(silence);
  });

  app.delete('/api/v2/silence/:id', async (request, reply) => {
    source.silences.expire((request.params as { id: string }).id);
    return reply.code(200).send();
  });

  app.all('/api/v1/silences', gone);
  app.all('/api/v1/receivers', gone);

  function filterOf(all: URLSearchParams): AlertFilter {
    return {
      active: flag(all, 'active'),
      silenced: flag(all, 'silenced'),
      inhibited: flag(all, 'inhibited'),
      unprocessed: flag(all, 'unprocessed'),
      muted: flag(all, 'muted'),
      receiver: all.get('receiver') || undefined,
      matchers: matchersOf(all, 'filter'),
      receiverMatchers: matchersOf(all, 'receiver_matchers'),
    };
  }

  function matchersOf(all: URLSearchParams, name: string) {
    return all.getAll(name).map(parseMatcher);
  }
}

/** Whether the silence has a matcher of that label whose text satisfies the filter, as amtool's queries expect. */
function concerns(silence: SilenceState, filter: ReturnType<ParseMatcher>): boolean {
  const test = compileMatcher(filter);
  return test(silence.matchers.find(({ name }) => name === filter.name)?.value ?? '');
}

function gone(_request: unknown, reply: FastifyReply): FastifyReply {
  return reply.code(410).send({
    status: 'deprecated',
    error: 'the v1 API is gone; use /api/v2',
  });
}

function flag(all: URLSearchParams, name: string): boolean | undefined {
  const text = all.get(name);
  if (text === null || text === '') return undefined;
  if (text !== 'true' && text !== 'false')
    throw new BadInputError(name, `expected true or false, got "${text}"`);
  return text === 'true';
}

function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new BadInputError(issue?.path.join('.') ?? '', issue?.message ?? 'invalid', { cause: result.error });
}

/** As Alertmanager tells of its cluster; what is alone has not settled. */
function clusterJson(peers: PeersState | undefined) {
  if (peers === undefined) return { status: 'disabled', peers: [] };
  const { state, members } = peers;
  return {
    name: members[0]?.name ?? '',
    status: state === 'together' ? 'ready' : 'settling',
    peers: members.filter(({ isAlive }) => isAlive).map(({ name, address }) => ({ name, address })),
  };
}

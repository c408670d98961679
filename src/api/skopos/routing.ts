import { z } from 'zod';
import { type FastifyInstance, parameters } from '../../http/server.ts';
import { BadInputError } from '../../kit/app-error.ts';
import type { Labels } from '../../model/labels.ts';
import type {
  NotificationJson,
  NotificationsJson,
  ReceiverJson,
  ReceiversJson,
  ReceiverTestJson,
  RouteJson,
  RouteTestJson,
  TemplatePreviewJson,
} from './contract.ts';
import { base, bodyOf, wholeParameter, wordParameter } from './parameters.ts';
import type { LedgerRow, SkoposSource } from './source.ts';

const labelsBody = z.union([z.record(z.string(), z.string()), z.string()]);
const routeBody = z.strictObject({ labels: labelsBody });
const testBody = z.strictObject({ integration: z.string().optional(), labels: labelsBody.optional() });
const maxTemplateChars = 100_000;
const templateBody = z.strictObject({
  template: z.string().max(maxTemplateChars, `at most ${maxTemplateChars} characters`),
  html: z.boolean().optional(),
  fingerprint: z.string().optional(),
  receiver: z.string().optional(),
  status: z.enum(['firing', 'resolved']).optional(),
});

/** How many of the newest receipts tell the health of receivers. */
const receiptsLookedThrough = 1000;
const answersShown = 10;

/** Routes, receivers, notifications and templates: what they are, and trying them out. */
export function routingRoutes(app: FastifyInstance, source: SkoposSource): void {
  const { router, ledger } = source;

  app.get(`${base}/routes`, async (): Promise<RouteJson> => router.tools.routeTree());

  app.post(`${base}/routes/test`, async (request): Promise<RouteTestJson> => {
    const labels = labelsOf(bodyOf(routeBody, request).labels, source);
    return { labels, ...router.tools.testRoute(labels) };
  });

  app.get(`${base}/receivers`, async (): Promise<ReceiversJson> => {
    const answers = new Map<string, NotificationJson[]>();
    for (const row of ledger.receipts({ limit: receiptsLookedThrough })) {
      const one = notificationJson(row);
      const own = answers.get(one.receiver) ?? [];
      own.push(one);
      answers.set(one.receiver, own);
    }
    const counts = new Map<string, number>();
    for (const { receivers } of router.alerts())
      for (const name of receivers) counts.set(name, (counts.get(name) ?? 0) + 1);
    return {
      items: router.receivers().map(({ name, labels, integrations }) => ({
        name,
        labels,
        integrations,
        alerts: counts.get(name) ?? 0,
        ...healthOf(answers.get(name) ?? []),
      })),
    };
  });

  app.post(`${base}/receivers/:name/test`, async (request): Promise<ReceiverTestJson> => {
    const { name } = request.params as { readonly name: string };
    const { integration, labels } = bodyOf(testBody, request);
    return {
      results: await router.tools.testReceiver(name, {
        ...(integration === undefined ? {} : { integration }),
        ...(labels === undefined ? {} : { labels: labelsOf(labels, source) }),
      }),
    };
  });

  app.get(`${base}/notifications`, async (request): Promise<NotificationsJson> => {
    const all = parameters(request);
    const receiver = all.get('receiver') ?? '';
    const decision = wordParameter(all, 'outcome', ['delivered', 'failed', 'retrying']);
    const before = wholeParameter(all, 'before', { fallback: 0 });
    return {
      items: ledger
        .receipts({
          limit: wholeParameter(all, 'limit', { fallback: 100, most: 1000 }),
          ...(receiver === '' ? {} : { receiver }),
          ...(decision === undefined ? {} : { decision }),
          ...(before === 0 ? {} : { beforeId: before }),
        })
        .map(notificationJson),
    };
  });

  app.post(`${base}/templates/preview`, async (request): Promise<TemplatePreviewJson> => {
    const { template, html, fingerprint, receiver, status } = bodyOf(templateBody, request);
    return router.tools.previewTemplate({
      template,
      ...(html === undefined ? {} : { html }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(receiver === undefined ? {} : { receiver }),
      ...(status === undefined ? {} : { status }),
    });
  });
}

/** Labels as an object, or as people write them: `a="b",c=d`. @throws {BadInputError} */
export function labelsOf(value: Labels | string, source: Pick<SkoposSource, 'parseMatchers'>): Labels {
  if (typeof value !== 'string') return value;
  return Object.fromEntries(
    source.parseMatchers(value).map(({ name, op, value: text }) => {
      if (op !== '=') throw new BadInputError('labels', `${name}: a label has one value; write ${name}="…"`);
      return [name, text];
    }),
  );
}

function healthOf(
  answers: readonly NotificationJson[],
): Pick<ReceiverJson, 'health' | 'lastSuccessMs' | 'answers'> {
  const [last] = answers;
  const success = answers.find(({ outcome }) => outcome === 'delivered');
  return {
    health: last === undefined ? 'unused' : last.outcome === 'delivered' ? 'ok' : 'failing',
    ...(success === undefined ? {} : { lastSuccessMs: success.atMs }),
    answers: answers.slice(0, answersShown),
  };
}

export function notificationJson({
  id,
  atMs,
  cause,
  subject,
  decision,
  detail,
}: LedgerRow): NotificationJson {
  const text = (name: string) => (typeof detail[name] === 'string' ? detail[name] : '');
  const number = (name: string) => (typeof detail[name] === 'number' ? detail[name] : 0);
  const list = (name: string) => (Array.isArray(detail[name]) ? detail[name].map(String) : []);
  return {
    id,
    atMs,
    cause,
    receiver: text('receiver'),
    integration: text('integration'),
    outcome: decision,
    answer: text('note') || text('problem'),
    ...(typeof detail['status'] === 'number' ? { status: detail['status'] } : {}),
    attempt: number('attempt'),
    tookMs: number('tookMs'),
    group: subject.replace(/^group:/, ''),
    fingerprints: list('fingerprints'),
    templateProblems: list('templateProblems'),
    isTest: detail['test'] === true,
    isDrill: detail['drill'] === true,
  };
}

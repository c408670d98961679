import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { AlertRouter } from '../../src/alerting/alert-router.ts';
import { loadAlertingConfig } from '../../src/alerting/config/load-alerting-config.ts';
import { InboxStore } from '../../src/alerting/inbox-store.ts';
import { parseMatcher } from '../../src/alerting/parse-matchers.ts';
import { alertmanagerRoutes } from '../../src/api/alertmanager/routes.ts';
import { createServer } from '../../src/http/server.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { openDatabase } from '../../src/store/open.ts';
import { Registry } from '../../src/telemetry/registry.ts';
import { casesAt } from './suite.ts';

/** Alertmanager's own description of its API, which is not part of this repository. */
const file = join(casesAt('alertmanager/openapi'), 'openapi.yaml');
const isThere = existsSync(file);

interface Description {
  readonly definitions: Readonly<Record<string, AnySchema>>;
  readonly responses: Readonly<Record<string, { readonly schema?: AnySchema }>>;
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly responses: Readonly<
              Record<string, { readonly schema?: AnySchema; readonly $ref?: string }>
            >;
          }
        >
      >
    >
  >;
}

const config = `route:
  receiver: inbox
  group_by: [alertname]
  group_wait: 0s
  labels: {tier: one}
receivers:
  - name: inbox
    labels: {team: ops}
    inbox_configs: [{}]
inhibit_rules:
  - {source_matchers: [severity="critical"], target_matchers: [severity="warning"]}
`;

function open() {
  const description = parse(readFileSync(file, 'utf8')) as Description;
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ $id: 'api', definitions: description.definitions } as AnySchema);
  const database = openDatabase(':memory:');
  const router = new AlertRouter({
    config: loadAlertingConfig(config, { file: 'alertmanager.yml', baseDir: '/' }),
    database,
    inbox: new InboxStore(database),
    clock: systemClock,
    log: silentLogger,
    ledger: () => {},
    registry: new Registry(),
    externalURL: 'http://localhost',
  });
  const stop = new AbortController();
  const done = router.run(stop.signal);
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  void app.register((scope, _options, next) => {
    alertmanagerRoutes(scope, router, { version: '0.1.0', parseMatcher });
    next();
  });
  onTestFinished(async () => {
    await app.close();
    stop.abort();
    await done;
  });

  /** Asks, and holds the answer to what the description says of its status. */
  async function ask(method: string, path: string, body?: unknown) {
    const reply = await app.inject({
      method: method as 'GET',
      url: `/api/v2${path}`,
      headers: { host: 'localhost', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const plain = (path.split('?')[0] ?? '').replace(/^\/silence\/.*/, '/silence/{silenceID}');
    const responses = description.paths[plain]?.[method.toLowerCase()]?.responses ?? {};
    const declared = responses[String(reply.statusCode)];
    expect(Object.keys(responses), `${method} ${path}`).toContain(String(reply.statusCode));
    const shared = declared?.$ref?.split('/').at(-1);
    const schema = shared === undefined ? declared?.schema : description.responses[shared]?.schema;
    const found: unknown = reply.body === '' ? undefined : JSON.parse(reply.body);
    if (schema !== undefined) {
      const text = JSON.stringify(schema).replaceAll('"#/definitions/', '"api#/definitions/');
      const validate = ajv.compile(JSON.parse(text) as AnySchema);
      expect(validate(found) ? [] : validate.errors, `${method} ${path} ${reply.body}`).toEqual([]);
    }
    return { status: reply.statusCode, body: found };
  }
  return { ask };
}

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
const silence = {
  matchers: [{ name: 'alertname', value: 'A', isRegex: false, isEqual: true }],
  startsAt: new Date().toISOString(),
  endsAt: inAnHour,
  createdBy: 'me',
  comment: 'why',
};

describe.skipIf(!isThere)('the API v2, held to Alertmanager’s own description', () => {
  it('answers every path as it is described', async () => {
    const { ask } = open();
    expect((await ask('GET', '/status')).status).toBe(200);
    expect((await ask('GET', '/alerts')).body).toEqual([]);
    const now = new Date().toISOString();
    const alerts = [
      {
        labels: { alertname: 'A', severity: 'critical' },
        annotations: { summary: 'a' },
        startsAt: now,
        generatorURL: 'http://p/graph',
      },
      { labels: { alertname: 'B', severity: 'warning' }, endsAt: inAnHour },
    ];
    expect((await ask('POST', '/alerts', alerts)).status).toBe(200);
    expect((await ask('GET', '/alerts?filter=severity%3D%22warning%22&inhibited=true')).body).toHaveLength(1);
    expect((await ask('GET', '/alerts?inhibited=false')).body).toHaveLength(1);
    expect((await ask('GET', '/alerts?receiver=in.*&unprocessed=false')).body).toHaveLength(2);
    expect((await ask('GET', '/alerts?receiver_matchers=team%3D%22other%22')).body).toEqual([]);
    expect((await ask('GET', '/alerts/groups?muted=false')).body).toHaveLength(1);
    expect((await ask('GET', '/receivers')).body).toHaveLength(1);
    expect((await ask('GET', '/receivers?receiver_matchers=team%3D%22ops%22')).body).toHaveLength(1);
    expect((await ask('GET', '/receivers?receiver_matchers=team%3D%22dba%22')).body).toEqual([]);

    const made = await ask('POST', '/silences', { ...silence, annotations: { ticket: '7' } });
    const { silenceID } = made.body as { silenceID: string };
    const kept = (await ask('GET', `/silence/${silenceID}`)).body as { startsAt: string };
    expect(kept).toMatchObject({ annotations: { ticket: '7' } });
    expect((await ask('GET', '/silences?filter=alertname%3D%22A%22&expired=false')).body).toHaveLength(1);
    expect(
      (
        await ask('POST', '/silences', {
          ...silence,
          id: silenceID,
          startsAt: kept.startsAt,
          comment: 'longer',
        })
      ).body,
    ).toEqual({
      silenceID,
    });
    expect((await ask('DELETE', `/silence/${silenceID}`)).status).toBe(200);
    expect((await ask('GET', '/silences?active=true')).body).toMatchObject([
      { status: { state: 'expired' } },
    ]);
  });

  it.each([
    ['GET', '/alerts?filter=%7B', undefined, 400],
    ['GET', '/alerts?active=perhaps', undefined, 400],
    ['GET', '/alerts?receiver=%28', undefined, 400],
    ['GET', '/alerts/groups?filter=%3D', undefined, 400],
    ['GET', '/receivers?receiver_matchers=%3D', undefined, 400],
    ['GET', '/silences?filter=%3D', undefined, 400],
    ['GET', '/silence/none', undefined, 404],
    ['DELETE', '/silence/none', undefined, 404],
    ['POST', '/silences', { ...silence, id: 'none' }, 404],
    ['POST', '/silences', { ...silence, endsAt: '2001-01-01T00:00:00Z' }, 400],
    ['POST', '/silences', { ...silence, matchers: [] }, 400],
    ['POST', '/silences', { ...silence, matchers: [{ name: 'a', value: '(', isRegex: true }] }, 400],
    ['POST', '/silences', { ...silence, matchers: [{ name: 'a', value: '.*', isRegex: true }] }, 400],
    ['POST', '/alerts', [{ labels: {} }], 400],
    ['POST', '/alerts', [{ annotations: {} }], 400],
    ['POST', '/alerts', { not: 'a list' }, 400],
    ['POST', '/alerts', [{ labels: { a: 'b' }, startsAt: 'yesterday' }], 400],
    ['POST', '/alerts', [{ labels: { a: 'b' }, startsAt: inAnHour, endsAt: '2001-01-01T00:00:00Z' }], 400],
  ] as const)('refuses %s %s %j with %d and a text', async (method, path, body, status) => {
    const { ask } = open();
    const reply = await ask(method, path, body);
    expect(reply.status).toBe(status);
    expect(reply.body).toEqual(expect.any(String));
  });
});

import { afterEach, expect, it } from 'vitest';
import { createServer } from '../../http/server.ts';
import { silentLogger } from '../../log/logger.ts';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import { PostureEngine } from '../../posture/engine.ts';
import { ExceptionSet } from '../../posture/exceptions/exception-set.ts';
import type { PostureException } from '../../posture/exceptions/posture-exception.ts';
import { markEvidence } from '../../posture/fix-patch.ts';
import { controlsOf, frameworkOf } from '../../posture/frameworks/index.ts';
import { defaultInputs } from '../../posture/inputs.ts';
import { redactObject } from '../../posture/redact.ts';
import { controlScores, frameworkScore } from '../../posture/scores.ts';
import { postureReader } from '../../roles/posture-reader.ts';
import { attackPathRoutes } from './attack-paths.ts';
import { controlRoutes } from './controls.ts';
import { frameworkRoutes } from './frameworks.ts';
import { resourceRoutes } from './resources.ts';
import type { SkoposSource } from './source.ts';
import { verdictRoutes } from './verdicts.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function deployment(name: string, hostNetwork: boolean): KubeObject {
  const container = {
    name: 'web',
    image: 'registry.example/web:1',
    env: [{ name: 'DB_PASSWORD', value: 'hunter2' }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', labels: { app: name } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { hostNetwork, containers: [container] } },
    },
  };
}

const cart = deployment('cart', true);
const web = deployment('web', false);
const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { type: 'LoadBalancer', selector: { app: 'cart' }, ports: [{ port: 80 }] },
};

/** The routes over a real engine that has judged real objects by real frameworks. */
function open(names: readonly string[], objects: readonly KubeObject[] = [cart, web, service]) {
  const byKey = new Map(objects.map((object) => [keyOf(refOf(object)), object]));
  const frameworks = names.map((name) => frameworkOf(name));
  const controls = [
    ...new Map(frameworks.flatMap(controlsOf).map((control) => [control.id, control])).values(),
  ];
  const list = (kind: string, namespace?: string) =>
    objects.filter(
      (one) => one.kind === kind && (namespace === undefined || one.metadata.namespace === namespace),
    );
  const view = {
    list,
    get: (kind: string, namespace: string, name: string) =>
      list(kind).find((one) => (one.metadata.namespace ?? '') === namespace && one.metadata.name === name),
  };
  const engine = new PostureEngine({ controls, inputs: defaultInputs, view });
  engine.apply([...byKey].map(([key, object]) => ({ key, ref: refOf(object), object })));
  const posture = { controls, frameworks, inputs: defaultInputs };
  const source = {
    posture: postureReader({ engine, posture }),
    frameworks: () => {
      const scores = controlScores(controls, engine.counts());
      return frameworks.map((framework) => ({ ...frameworkScore(framework, scores), trend: [] }));
    },
    findings: { list: () => ({ total: 0, items: [] }) },
    objectOf: (ref: Parameters<typeof keyOf>[0]) => {
      const object = byKey.get(keyOf(ref));
      return object === undefined ? {} : { object };
    },
    redact: redactObject,
    mark: markEvidence,
  } as unknown as SkoposSource;
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  for (const routes of [frameworkRoutes, controlRoutes, verdictRoutes, resourceRoutes, attackPathRoutes])
    routes(app, source);
  closers.push(() => app.close());
  const get = async (path: string) => {
    const reply = await app.inject(`/api/skopos/v1/${path}`);
    return { status: reply.statusCode, body: reply.json() };
  };
  return { engine, get };
}

it('gives frameworks both scores, and the points that lead from one to the other', async () => {
  const { get } = open(['NSA', 'MITRE']);
  const { body } = await get('frameworks');
  expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['NSA', 'MITRE']);
  for (const { compliance, honest, difference } of body.items) {
    expect(compliance + difference.irrelevant + difference.unreadable).toBeCloseTo(honest, 9);
    expect(difference.irrelevantControls).toBeGreaterThan(0);
  }
  expect(body.others).toContainEqual(expect.objectContaining({ name: 'cis-v1.10.0' }));
});

it('shows each control of a framework in exactly one section, by its number', async () => {
  const { get } = open(['cis-v1.10.0', 'NSA']);
  const { body } = await get('frameworks/CIS-v1.10.0');
  const ids = body.sections.flatMap(({ controls }: { controls: { id: string }[] }) =>
    controls.map(({ id }) => id),
  );
  expect([...ids].sort()).toEqual([...frameworkOf('cis-v1.10.0').controls].sort());
  expect(body.sections[1].number).toBe('1.1');
  expect(body.sections[1].controls[0]).toMatchObject({ number: '1.1.1', state: 'unknown' });
  const nsa = (await get('frameworks/NSA')).body;
  expect(nsa.sections.at(-1)).toMatchObject({ number: '', title: '' });
  expect(await get('frameworks/NSB')).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining('did you mean "NSA"') },
  });
});

it('lists controls with counts that are those of the verdicts, and narrows them', async () => {
  const { get } = open(['NSA', 'MITRE']);
  const { body } = await get('controls');
  expect(body.items[0].state).toBe('fail');
  for (const { id, counts } of body.items) {
    for (const state of ['fail', 'unknown', 'pass', 'excepted', 'not-applicable'])
      expect([id, state, (await get(`verdicts?state=${state}&control=${id}`)).body.total]).toEqual([
        id,
        state,
        counts[state],
      ]);
  }
  expect((await get('controls?q=hostnetwork')).body.items).toMatchObject([{ id: 'C-0041' }]);
  const failing = (await get('controls?state=fail&framework=NSA')).body;
  expect(failing.total).toBeLessThan(body.total);
  expect((await get('controls?framework=NSB')).status).toBe(400);
});

it('shows one control with why, fix, examples and where it fails', async () => {
  const { get } = open(['NSA']);
  const { body } = await get('controls/c-0041');
  expect(body).toMatchObject({
    id: 'C-0041',
    state: 'fail',
    namespaces: [{ namespace: 'shop', counts: { fail: 1, pass: 1 } }],
    frameworks: [{ name: 'NSA' }],
  });
  expect([body.why, body.fix, body.examples.pass[0], body.examples.fail[0].yaml].includes('')).toBe(false);
  expect((await get('controls/C-9999')).status).toBe(404);
});

it('lists verdicts by state, with facets, pages and reasons', async () => {
  const { get, engine } = open(['NSA']);
  const all = (await get('verdicts?state=fail')).body;
  expect(all.total).toBe([...engine.verdicts({ states: ['fail'] })].length);
  expect(all.facets.control.find(({ value }: { value: string }) => value === 'C-0041').count).toBe(1);
  const page = (await get('verdicts?state=fail&offset=1&limit=2')).body;
  expect(page.items).toEqual(all.items.slice(1, 3));
  const narrow = (await get('verdicts?state=fail&control=C-0041&q=cart&kind=Deployment')).body;
  expect(narrow.items).toMatchObject([{ key: 'apps/Deployment/shop/cart', state: 'fail' }]);
  expect((await get('verdicts?state=fail&control=C-0041&q=web')).body.total).toBe(0);
  const unknown = (await get('verdicts?state=unknown')).body;
  expect(unknown.items.every(({ reason }: { reason?: string }) => (reason ?? '') !== '')).toBe(true);
  expect((await get('verdicts?state=failed')).status).toBe(400);
});

it.each(['pass', 'not-applicable'])('pages through what is %s as an unpaged list would', async (state) => {
  const { get } = open(['NSA']);
  const all = (await get(`verdicts?state=${state}&limit=500`)).body;
  expect(all.items).toHaveLength(all.total);
  const paged = [];
  for (let offset = 0; offset < all.total; offset += 3)
    paged.push(...(await get(`verdicts?state=${state}&limit=3&offset=${offset}`)).body.items);
  expect(paged).toEqual(all.items);
  const some = (await get(`verdicts?state=${state}&limit=500&namespace=shop&kind=Deployment`)).body;
  expect(some.total).toBe(some.items.length);
});

it('tells excepted verdicts by the exception and its reason', async () => {
  const { get, engine } = open(['NSA']);
  const known: PostureException = {
    name: 'known',
    scopes: [{ name: 'cart' }],
    policies: [{ controlId: 'C-0041' }],
    reason: 'node agent',
    source: 'exceptions.json',
  };
  engine.setExceptions(new ExceptionSet([known], { cluster: 'test', frameworksOf: () => ['NSA'] }));
  const { body } = await get('verdicts?state=excepted');
  expect(body).toMatchObject({ total: 1, items: [{ controlId: 'C-0041', exception: 'known' }] });
  expect(body.items[0].reason).toContain('node agent');
});

it('shows everything about one object, its secrets redacted and its lines marked', async () => {
  const { get } = open(['NSA', 'MITRE']);
  const { body } = await get('resource?key=apps/Deployment/shop/cart');
  expect(body.object).toMatchObject({ kind: 'Deployment', name: 'cart' });
  expect(body.yaml).toContain('hostNetwork: true');
  expect(body.yaml).not.toContain('hunter2');
  const one = body.verdicts.find(({ controlId }: { controlId: string }) => controlId === 'C-0041');
  const line = body.yaml.split('\n')[one.lines[0][0] - 1];
  expect(line).toContain('hostNetwork');
  expect(body.verdicts).toHaveLength(Object.values<number>(body.counts).reduce((sum, each) => sum + each, 0));
  expect(body.verdicts[0].state).toBe('fail');
  expect((await get('resource?key=apps/Deployment/shop/gone')).status).toBe(404);
  expect(await get('resource?key=cart')).toMatchObject({ status: 400, body: { code: 'BAD_INPUT' } });
});

it('finds the ways in that an exposed workload leaves open, and names what is not judged', async () => {
  const { body } = await open(['AllControls']).get('attack-paths');
  expect(body.items[0]).toMatchObject({
    state: 'complete',
    key: 'apps/Deployment/shop/cart',
    step: { state: 'open', controls: [{ controlId: 'C-0256', state: 'fail' }] },
  });
  expect(body.items.some(({ key }: { key: string }) => key.endsWith('/web'))).toBe(false);
  expect(body.tracks.flatMap(({ unjudged }: { unjudged: string[] }) => unjudged)).toEqual([]);
  const partly = (await open(['NSA']).get('attack-paths')).body;
  expect(partly.tracks[0].unjudged).toContain('C-0256');
  expect(partly.items).toEqual([]);
});

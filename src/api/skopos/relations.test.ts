import { afterEach, describe, expect, it } from 'vitest';
import { createServer } from '../../http/server.ts';
import { RelationsReport } from '../../inventory/relations/report.ts';
import { account, inventoryOf } from '../../inventory/relations/testing.ts';
import { silentLogger } from '../../log/logger.ts';
import type {
  AccessJson,
  ConnectionJson,
  ExposureJson,
  RelationsJson,
  SubjectAccessJson,
  WhoMayJson,
} from './contract.ts';
import { relationRoutes } from './relations.ts';
import type { SkoposSource } from './source.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const shop = `${account('cart', '[{verbs: [create], apiGroups: [apps], resources: [deployments]}]')}
${account('boss', '[{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]', { wide: true })}
${account('idle', '[]')}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: cart, containers: [{name: a, image: b, ports: [{containerPort: 8080}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: [{name: a, ports: [{containerPort: 5432}]}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]}
`;

function open() {
  const report = new RelationsReport(inventoryOf(shop));
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  relationRoutes(app, { relations: () => report } as unknown as SkoposSource);
  closers.push(() => app.close());
  return async <T>(path: string): Promise<{ status: number; body: T }> => {
    const reply = await app.inject({ url: `/api/skopos/v1${path}` });
    return { status: reply.statusCode, body: reply.json() as T };
  };
}

describe('GET /access', () => {
  it('lists who has more than it looks, the worst first, without those who have nothing', async () => {
    const { body } = await open()<AccessJson>('/access');
    expect(body.items.map(({ subject, leadsToCluster }) => [subject.name, leadsToCluster])).toEqual([
      ['boss', true],
      ['cart', true],
      ['default', false],
    ]);
  });

  it('filters by power, by kind and by text', async () => {
    const get = open();
    expect((await get<AccessJson>('/access?power=create-workloads&q=CART')).body.total).toBe(1);
    expect((await get<AccessJson>('/access?kind=Group')).body.items).toEqual([]);
    expect((await get<AccessJson>('/access?limit=1&offset=1')).body.items[0]?.subject.name).toBe('cart');
    expect((await get('/access?kind=Robot')).status).toBe(400);
  });
});

describe('GET /access/subject', () => {
  it('gives the roles, the powers, and the way to everything', async () => {
    const { body } = await open()<SubjectAccessJson>('/access/subject?subject=sa:shop/cart');
    expect(body.permissions[0]).toMatchObject({ namespace: 'shop', role: { object: { name: 'cart' } } });
    expect(body.powers.map(({ id }) => id)).toEqual(['create-workloads']);
    expect(body.toCluster?.map(({ from, to }) => [from.name, to?.name])).toEqual([
      ['cart', 'boss'],
      ['boss', undefined],
    ]);
    expect(body.workloads.map(({ key }) => key)).toEqual(['apps/Deployment/shop/web']);
  });

  it('refuses what names no subject, and says how to write one', async () => {
    const get = open();
    const { status, body } = await get<{ error: string }>('/access/subject?subject=cart');
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('serviceaccount:shop/cart');
    expect((await get('/access/subject')).status).toBe(400);
  });
});

it('GET /access/who names who may do something, by which binding', async () => {
  const get = open();
  const path = '/access/who?verb=create&group=apps&resource=deployments';
  const names = async (at: string) =>
    (await get<WhoMayJson>(at)).body.items.map(({ subject }) => subject.name);
  expect(await names(`${path}&namespace=shop`)).toEqual(['cart', 'boss']);
  expect(await names(path)).toEqual(['boss']);
  expect((await get('/access/who?verb=get')).status).toBe(400);
});

it('GET /exposure lists what can be reached from outside, and filters', async () => {
  const get = open();
  const { body } = await get<ExposureJson>('/exposure');
  expect(body.items).toMatchObject([
    {
      key: 'apps/Deployment/shop/web',
      ways: [{ kind: 'load-balancer', state: 'open', ports: [{ port: 8080 }] }],
    },
  ]);
  expect((await get<ExposureJson>('/exposure?state=closed')).body.total).toBe(0);
  expect((await get('/exposure?state=ajar')).status).toBe(400);
});

describe('GET /exposure/connection', () => {
  const web = 'apps/Deployment/shop/web';
  const db = encodeURIComponent('/Pod/shop/db');

  it('says by which policy one may connect to the other', async () => {
    const get = open();
    const { body } = await get<ConnectionJson>(`/exposure/connection?from=${web}&to=${db}`);
    expect(body.ports).toMatchObject([
      { port: { port: 5432 }, isOpen: true, ingress: { policies: [{ object: { name: 'db' } }] } },
    ]);
    const other = await get<ConnectionJson>(`/exposure/connection?from=${web}&to=${db}&port=22`);
    expect(other.body.ports).toMatchObject([{ isOpen: false, egress: { isOpen: true, policies: [] } }]);
  });

  it('knows nothing of what is not there', async () => {
    expect((await open()(`/exposure/connection?from=${web}&to=x`)).status).toBe(404);
  });
});

describe('GET /relations', () => {
  it('gives what an object hangs together with, its ways in, its traffic and its access', async () => {
    const { body } = await open()<RelationsJson>('/relations?key=apps/Deployment/shop/web');
    expect(body.related.map(({ relation, object }) => `${relation} ${object.kind} ${object.name}`)).toEqual([
      'runs as ServiceAccount cart',
      'selected by Service web',
    ]);
    expect(body.network).toMatchObject({
      ways: [{ state: 'open' }],
      ingress: { isLimited: false, rules: [] },
    });
    expect(body.access).toMatchObject({ leadsToCluster: true, workloads: 1 });
  });

  it('tells in words whom the policies of a pod let in', async () => {
    const { body } = await open()<RelationsJson>(`/relations?key=${encodeURIComponent('/Pod/shop/db')}`);
    expect(body.network?.ingress.rules).toMatchObject([
      { peers: ['pods with app=web in the same namespace'], ports: 'TCP 5432' },
    ]);
  });

  it('is not found for what is not there', async () => {
    expect((await open()('/relations?key=/Pod/shop/none')).status).toBe(404);
  });
});

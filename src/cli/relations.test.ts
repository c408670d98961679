import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { account } from '../inventory/relations/testing.ts';
import { accessCommand } from './access.ts';
import { exposureCommand } from './exposure.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skopos-relations-'));
  writeFileSync(
    join(folder, 'shop.yaml'),
    `${account('cart', '[{verbs: [create], apiGroups: [apps], resources: [deployments]}]')}
${account('boss', '[{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]', { wide: true })}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: a, ports: [{containerPort: 8080}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: [{name: a}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {podSelector: {matchLabels: {app: db}}}}
`,
  );
});

afterEach(() => rmSync(folder, { recursive: true }));

const access = (...args: string[]) => runCli(accessCommand, ['access', '.', ...args], folder);
const exposure = (...args: string[]) => runCli(exposureCommand, ['exposure', '.', ...args], folder);

describe('skopos access', () => {
  it('tells who has more than it looks, the most dangerous first', async () => {
    const lines = (await access()).out.split('\n');
    expect(lines[0]).toContain('service account shop/boss  leads to everything');
    expect(lines[2]).toContain('service account shop/cart  leads to everything');
  });

  it('tells all about one, with the shortest way to everything', async () => {
    const text = (await access('--subject', 'sa:shop/cart')).out;
    expect(text).toContain('service account shop/cart may make workloads → service account shop/boss');
    expect(text).toContain('service account shop/boss may do everything → everything');
    expect(text).toContain('create deployments of apps');
  });

  it('tells who may do something', async () => {
    expect((await access('--who', 'create', 'deployments.apps', '-n', 'shop')).out).toMatch(
      /^service account shop\/cart in shop .*\nservice account shop\/boss everywhere /,
    );
    expect((await access('--who', 'get', 'secrets', '-n', 'bank')).out).toMatch(
      /^service account shop\/boss/,
    );
  });

  it('gives the same as JSON', async () => {
    const { total, items } = JSON.parse((await access('--json')).out);
    expect([total, items[0].subject.name]).toEqual([2, 'boss']);
  });

  it('refuses half an action and a subject that is none', async () => {
    expect((await access('--who', 'get')).err).toMatch(/a verb, a resource/);
    expect((await access('--subject', 'cart')).err).toMatch(/serviceaccount:shop\/cart/);
  });
});

describe('skopos exposure', () => {
  it('tells what can be reached from outside, and how', async () => {
    expect((await exposure()).out).toBe(
      'Pod shop/web\n  open load-balancer (outside) through Service shop/web to TCP 8080\n',
    );
  });

  it('tells whether one may connect to the other, and which policy decides', async () => {
    const ask = (port: string) => exposure('--from', '/Pod/shop/web', '--to', '/Pod/shop/db', '--port', port);
    expect((await ask('5432')).out).toBe(
      'TCP 5432 closed  out: no policy; in: kept by NetworkPolicy shop/deny\n',
    );
    expect((await ask('53/udp')).out).toContain('UDP 53 closed');
    expect((await ask('99999')).err).toMatch(/8080 or 53\/UDP/);
  });

  it('asks for both ends, and for ends that are there', async () => {
    expect((await exposure('--from', '/Pod/shop/web')).err).toMatch(/--to/);
    expect((await exposure('--from', 'x', '--to', 'y')).err).toMatch(/not there/);
  });
});

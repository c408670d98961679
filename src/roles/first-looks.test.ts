import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { type Running, runSkopos, workshop } from '../../test/support/run-skopos.ts';

const meta = 'apiVersion: admissionregistration.k8s.io/v1';
const policy = `${meta}
kind: ValidatingAdmissionPolicy
metadata: { name: no-replicas }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
  validations: [{ expression: 'object.spec.replicas < 1' }]
`;
const binding = `${meta}
kind: ValidatingAdmissionPolicyBinding
metadata: { name: no-replicas }
spec: { policyName: no-replicas, validationActions: [Deny] }
`;
const deployment = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: a, image: a }] } }
`;

const patience = { timeout: 60_000, interval: 100 };

interface Page {
  readonly total: number;
  readonly items: readonly { readonly baseline: boolean; readonly object: { readonly name: string } }[];
}

const newsOf = async (skopos: Running, control: string): Promise<readonly string[]> =>
  (await skopos.api<Page>(`findings?control=${control}&limit=1000`)).items
    .filter(({ baseline }) => !baseline)
    .map(({ object }) => object.name);

const totalOf = async (skopos: Running, control: string): Promise<number> =>
  (await skopos.api<Page>(`findings?control=${control}`)).total;

it('what a policy finds at its first look is no news, though its binding comes later; what it finds later is', {
  timeout: 120_000,
}, async () => {
  const shop = workshop();
  const skopos = await runSkopos({ folder: shop.folder, data: shop.data }, shop.dir);
  writeFileSync(join(shop.folder, 'own-policy.yaml'), policy);
  await vi.waitFor(
    async () => expect(await skopos.metric('skopos_custom_controls')).toMatchObject({ '{state="asked"}': 1 }),
    patience,
  );
  expect(await totalOf(skopos, 'no-replicas')).toBe(0);
  writeFileSync(join(shop.folder, 'own-binding.yaml'), binding);
  await vi.waitFor(async () => expect(await totalOf(skopos, 'no-replicas')).toBeGreaterThan(3), patience);
  expect(await newsOf(skopos, 'no-replicas')).toEqual([]);
  writeFileSync(join(shop.folder, 'late.yaml'), deployment('late'));
  await vi.waitFor(async () => expect(await newsOf(skopos, 'no-replicas')).toEqual(['late']), patience);
});

it('what a framework finds that was added between two runs is no news, but what changed meanwhile is', {
  timeout: 120_000,
}, async () => {
  const shop = workshop();
  const first = await runSkopos({ folder: shop.folder, data: shop.data }, shop.dir);
  await first.stop();
  const config = shop.write(
    'skopos.yaml',
    'posture: { frameworks: [NSA, AllControls] }\nsource: { folder: shop }\n',
  );
  shop.makePrivileged();
  const second = await runSkopos({ config, data: shop.data }, shop.dir);
  expect(await newsOf(second, 'C-0057')).toEqual(['cart']);
  // Liveness probes are asked for by AllControls alone.
  expect(await totalOf(second, 'C-0056')).toBeGreaterThan(0);
  expect(await newsOf(second, 'C-0056')).toEqual([]);
});

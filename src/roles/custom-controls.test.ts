import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { type Running, runSkopos, workshop } from '../../test/support/run-skopos.ts';

/** All Deployments of the shop have replicas; the most that the policy allows is up to the test. */
function policy(name: string, expression: string): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: ${name}, annotations: { skopos.io/severity: critical } }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
  validations: [{ expression: '${expression}' }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: ${name} }
spec: { policyName: ${name}, validationActions: [Deny] }
`;
}

interface Page {
  readonly items: readonly {
    readonly controlId?: string;
    readonly name?: string;
    readonly severity?: string;
    readonly baseline?: boolean;
  }[];
}

const openOf = async (skopos: Running, control: string): Promise<Page['items']> =>
  (await skopos.api<Page>(`findings?control=${control}`)).items;

const patience = { timeout: 60_000, interval: 100 };

it('judges by policies of the watched folder as they come and go', { timeout: 120_000 }, async () => {
  const shop = workshop();
  const skopos = await runSkopos({ folder: shop.folder, data: shop.data }, shop.dir);
  const file = join(shop.folder, 'own-policy.yaml');
  expect(await openOf(skopos, 'no-replicas')).toEqual([]);
  writeFileSync(file, policy('no-replicas', 'object.spec.replicas < 1'));
  await vi.waitFor(
    async () => expect((await openOf(skopos, 'no-replicas')).length).toBeGreaterThan(0),
    patience,
  );
  const found = await openOf(skopos, 'no-replicas');
  expect(found[0]).toMatchObject({ severity: 'critical', baseline: true });
  expect(new Set(found.map(({ baseline }) => baseline)).size).toBe(1);
  const { items } = await skopos.api<Page>('frameworks');
  expect(items.map(({ name }) => name)).toContain('Custom');
  expect(await skopos.metric('skopos_custom_controls')).toEqual({
    '{state="asked"}': 1,
    '{state="broken"}': 0,
  });
  expect(Object.keys(await skopos.metric('skopos_framework_score'))).toContain('{framework="Custom"}');
  expect(await skopos.api('controls/no-replicas')).toMatchObject({ id: 'no-replicas' });
  writeFileSync(file, policy('no-replicas', 'object.spec.replicas >= 0'));
  await vi.waitFor(async () => expect(await openOf(skopos, 'no-replicas')).toEqual([]), patience);
  writeFileSync(file, policy('no-replicas', 'objct.spec'));
  await vi.waitFor(
    async () =>
      expect(await skopos.metric('skopos_custom_controls')).toMatchObject({ '{state="broken"}': 1 }),
    patience,
  );
  rmSync(file);
  await vi.waitFor(
    async () =>
      expect((await skopos.api<Page>('frameworks')).items.map(({ name }) => name)).not.toContain('Custom'),
    patience,
  );
});

it('judges by policies of files, and takes others at a reload, or none that are wrong', {
  timeout: 120_000,
}, async () => {
  const shop = workshop();
  const file = shop.write('policy.yaml', policy('few-replicas', 'object.spec.replicas < 1'));
  const config = shop.write(
    'skopos.yaml',
    `posture: { policies: [policy.yaml] }\nsource: { folder: shop }\n`,
  );
  const skopos = await runSkopos({ config, data: shop.data }, shop.dir);
  await vi.waitFor(
    async () => expect((await openOf(skopos, 'few-replicas')).length).toBeGreaterThan(0),
    patience,
  );
  writeFileSync(file, policy('few-replicas', 'objct'));
  expect(await skopos.reload()).toBe(400);
  expect((await openOf(skopos, 'few-replicas')).length).toBeGreaterThan(0);
  writeFileSync(file, policy('few-replicas', 'true'));
  expect(await skopos.reload()).toBe(200);
  expect(await openOf(skopos, 'few-replicas')).toEqual([]);
});

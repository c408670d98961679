import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { type CliRun, runCli } from '../../../test/support/run-cli.ts';
import { explainCommand } from '../explain.ts';
import { scanCommand } from '../scan.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-policies-'));
  await writeFile(join(folder, 'web.yaml'), deployment);
});

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 7
`;

function policy(expression: string): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: few-replicas
  annotations: { skopos.io/severity: high, skopos.io/title: Few replicas }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }
  validations:
    - message: at most five
      expression: ${expression}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: few-replicas }
spec: { policyName: few-replicas, validationActions: [Deny] }
`;
}

const scan = (...args: string[]): Promise<CliRun> => runCli(scanCommand, ['scan', ...args], folder);

it('judges by policies of a file, which are a framework of their own', async () => {
  await writeFile(join(folder, 'own.yaml'), policy('object.spec.replicas <= 5'));
  const { exitCode, out } = await scan(
    'web.yaml',
    '--framework',
    'Custom',
    '--policies',
    'own.yaml',
    '-f',
    'json',
  );
  expect(exitCode).toBe(1);
  const { findings, frameworks, controls } = JSON.parse(out) as Record<string, Record<string, unknown>[]>;
  expect(findings).toHaveLength(1);
  expect(findings?.[0]).toMatchObject({
    controlId: 'few-replicas',
    control: 'Few replicas',
    severity: 'high',
    message: 'at most five',
    path: 'spec.replicas',
    file: 'web.yaml',
    line: 5,
  });
  expect(frameworks?.map(({ name, compliance }) => [name, compliance])).toEqual([['Custom', 0]]);
  expect(controls?.map(({ id, failed }) => [id, failed])).toEqual([['few-replicas', 1]]);
});

it('judges by policies among the objects, unless other frameworks were asked for', async () => {
  await writeFile(join(folder, 'own.yaml'), policy('object.spec.replicas <= 5'));
  const ids = ({ out }: CliRun) =>
    (JSON.parse(out) as { frameworks: { name: string }[] }).frameworks.map(({ name }) => name);
  expect(ids(await scan('.', '-f', 'json'))).toContain('Custom');
  expect(ids(await scan('.', '-f', 'json', '--framework', 'NSA'))).toEqual(['NSA']);
});

it('says with file, line, field and caret what does not compile', async () => {
  const bad = policy('|-\n        object.metadata.name != "" &&\n        objct.spec.replicas <= 5');
  await writeFile(join(folder, 'own.yaml'), bad);
  const { exitCode, err } = await scan('web.yaml', '--policies', 'own.yaml');
  expect(exitCode).toBe(2);
  expect(err).toContain(
    'own.yaml:14: ValidatingAdmissionPolicy few-replicas: spec.validations[0].expression does not compile',
  );
  expect(err).toContain('\n | objct.spec.replicas <= 5\n | ^');
});

it('goes on with what does not compile among the objects, which is then unknown', async () => {
  await writeFile(join(folder, 'own.yaml'), policy('objct.spec.replicas <= 5'));
  const { err, out } = await scan('.', '-f', 'json', '--framework', 'Custom');
  expect(err).toContain('warning: own.yaml:12: ValidatingAdmissionPolicy few-replicas: spec.validations[0]');
  const { unknown } = JSON.parse(out) as { unknown: { controlId: string; object: { name: string } }[] };
  expect(unknown.map(({ controlId, object }) => [controlId, object.name])).toEqual([['few-replicas', '*']]);
});

it('finds policies by id for filters, and explains them', async () => {
  await writeFile(join(folder, 'own.yaml'), policy('object.spec.replicas <= 5'));
  const { exitCode, err } = await scan(
    'web.yaml',
    '--policies',
    'own.yaml',
    '--include-controls',
    'few-replica',
  );
  expect(exitCode).toBe(2);
  expect(err).toContain('there is no control "few-replica" (did you mean "few-replicas"?)');
  const some = await scan(
    'web.yaml',
    '--policies',
    'own.yaml',
    '--include-controls',
    'few-replicas',
    '-f',
    'csv',
  );
  expect(some.out.trim().split('\n')).toHaveLength(2);
  const said = await runCli(explainCommand, ['explain', 'few-replicas', '--policies', 'own.yaml'], folder);
  expect(said.out).toContain('few-replicas Few replicas');
});

it.each([
  [['--framework', 'Custom'], 'there is no ValidatingAdmissionPolicy; name one with --policies'],
  [['--policies', 'web.yaml'], 'web.yaml has no ValidatingAdmissionPolicy'],
])('refuses %s where there is no policy', async (args, message) => {
  const { exitCode, err } = await scan('web.yaml', ...args);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
});

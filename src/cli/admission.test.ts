import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { workshop } from '../../test/support/run-skopos.ts';
import type { Decision } from '../admission/decision.ts';
import { admissionCommand } from './admission.ts';

const pod = (name: string, namespace: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {containers: [{name: a, image: a, securityContext: {privileged: true}}]}\n`;
const policy = `admission:
  failure_policy: closed
  service: {namespace: skopos, name: webhook}
  rules:
    - {name: production, namespaces: {matchLabels: {env: prod}}, controls: [C-0057], action: deny}
    - {name: elsewhere, controls: [C-0057], action: warn}
`;
const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {env: prod}}\n';

describe('skopos admission review', () => {
  it('says what the webhook would answer, by the namespaces that there are', async () => {
    const { dir, write } = workshop();
    write('skopos.yaml', policy);
    write('pods.yaml', [pod('a', 'shop'), pod('b', 'lab'), pod('c', 'kube-system')].join('---\n'));
    write('namespaces.yaml', namespace);
    const run = (...args: string[]) => runCli(admissionCommand, ['admission', 'review', ...args], dir);
    const denied = await run('pods.yaml', '--with', 'namespaces.yaml');
    expect(denied.exitCode).toBe(1);
    expect(denied.out).toContain('Pod shop/a breaks a control');
    expect(denied.out).toContain('(high, rule "production"); fix: remove spec.containers[0]');
    expect(denied.out).toContain('Pod lab/b\n- C-0057');
    expect(denied.out).toContain('Pod kube-system/c');

    // Without the namespaces their labels are not known, and select nothing.
    const unknown = await run('pods.yaml', '--json');
    expect(unknown.exitCode).toBe(0);
    const decisions = JSON.parse(unknown.out) as readonly Decision[];
    expect(decisions.map(({ outcome, skipped }) => `${outcome} ${skipped}`)).toEqual([
      'warned ',
      'warned ',
      'allowed exempt',
    ]);
  });

  it('honours exceptions', async () => {
    const { dir, write } = workshop();
    write('skopos.yaml', `${policy}posture: {exceptions: [exceptions.json]}\n`);
    const exception = {
      name: 'agreed',
      policyType: 'postureExceptionPolicy',
      actions: ['alertOnly'],
      resources: [{ designatorType: 'Attributes', attributes: { namespace: 'shop', kind: 'Pod' } }],
      posturePolicies: [{ controlID: 'C-0057' }],
    };
    write('exceptions.json', JSON.stringify([exception]));
    write('pod.yaml', `${pod('a', 'shop')}---\n${namespace}`);
    write('namespaces.yaml', namespace);
    const { exitCode, out } = await runCli(
      admissionCommand,
      ['admission', 'review', 'pod.yaml', '--with', 'namespaces.yaml'],
      dir,
    );
    expect(out).toContain('allowed');
    expect(exitCode).toBe(0);
  });

  it.each([
    ['controls: [C-9999]', 'the control "C-9999" is not judged here'],
    ['frameworks: [NSE]', 'did you mean'],
    ['severities: [huge]', 'severities'],
  ])('says what is wrong with a policy: %s', async (line, problem) => {
    const { dir, write } = workshop();
    write('skopos.yaml', `admission:\n  rules:\n    - name: a\n      action: deny\n      ${line}\n`);
    write('pod.yaml', pod('a', 'shop'));
    const { exitCode, err } = await runCli(admissionCommand, ['admission', 'review', 'pod.yaml'], dir);
    expect(err).toContain(problem);
    expect(exitCode).toBe(2);
  });
});

describe('skopos admission manifest', () => {
  it('prints a registration that cannot lock anyone out of what it depends on', async () => {
    const { dir, write } = workshop();
    write('skopos.yaml', policy);
    const { out } = await runCli(admissionCommand, ['admission', 'manifest'], dir);
    const document = load(out) as { webhooks: { rules: { resources: string[]; operations: string[] }[] }[] };
    const [webhook] = document.webhooks;
    expect(webhook).toMatchObject({
      failurePolicy: 'Fail',
      sideEffects: 'None',
      clientConfig: { service: { namespace: 'skopos', name: 'webhook', port: 443, path: '/validate' } },
      namespaceSelector: {
        matchExpressions: [
          {
            key: 'kubernetes.io/metadata.name',
            operator: 'NotIn',
            values: ['kube-system', 'kube-node-lease', 'skopos'],
          },
        ],
      },
    });
    const resources = webhook?.rules.flatMap((rule) => rule.resources) ?? [];
    expect(resources).toEqual(expect.arrayContaining(['pods', 'pods/ephemeralcontainers', 'deployments']));
    expect(resources).not.toEqual(expect.arrayContaining(['nodes']));
    expect(resources.join()).not.toMatch(/leases|endpoints|webhook/);
    expect(webhook?.rules.every(({ operations }) => operations.join() === 'CREATE,UPDATE')).toBe(true);
  });
});

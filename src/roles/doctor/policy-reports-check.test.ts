import { expect, it, onTestFinished } from 'vitest';
import { KubeServer } from '../../../test/support/kube-server.ts';
import { KubeClient } from '../../kube/kube-client.ts';
import { policyReportsCheck } from './policy-reports-check.ts';

const kind = { group: 'wgpolicyk8s.io', version: 'v1alpha2' };
const report = { ...kind, kind: 'PolicyReport', plural: 'policyreports', namespaced: true };
const clusterReport = {
  ...kind,
  kind: 'ClusterPolicyReport',
  plural: 'clusterpolicyreports',
  namespaced: false,
};

it('finds out whether the cluster has the kinds of reports, and says what to do where it has not', async () => {
  const server = new KubeServer();
  await server.start();
  const client = new KubeClient({
    ...{ name: 'test', server: server.url, tls: { insecure: false } },
    credentials: async () => ({}),
  });
  onTestFinished(async () => {
    await client.close();
    await server.stop();
  });
  const look = () => policyReportsCheck(client, new AbortController().signal);
  expect(await look()).toMatchObject({
    state: 'fail',
    message: expect.stringContaining('no reports'),
    advice: expect.stringContaining('Install the definitions'),
  });
  server.serve(report);
  expect(await look()).toMatchObject({
    state: 'fail',
    message: 'wgpolicyk8s.io/v1alpha2 of the cluster has no clusterpolicyreports',
  });
  server.serve(clusterReport);
  expect(await look()).toMatchObject({ state: 'ok', advice: '' });
});

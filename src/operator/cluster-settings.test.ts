import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { KubeError } from '../kube/kube-error.ts';
import { silentLogger } from '../log/logger.ts';
import { readClusterSettings, SettingsWatch } from './cluster-settings.ts';

it('reads the JSON document of charts and keys of their own, in any case', () => {
  const clusterData = JSON.stringify({
    ...{ clusterName: 'prod', KubevulnURL: 'kubevuln:8080', scanTimeout: '5m', maxImageSize: 5368709120 },
    ...{ postureScanEnabled: true, accountID: '', somethingNew: {} },
  });
  expect(readClusterSettings({ clusterData })).toEqual({
    urls: { kubevulnURL: 'kubevuln:8080' },
    ...{ clusterName: 'prod', scanTimeoutMs: 300_000, maxImageSize: 5_368_709_120, postureScanEnabled: true },
    warnings: [],
  });
  expect(
    readClusterSettings({ EventReceiverRestURL: 'https://report.test', triggerNewImageScan: 'True' }),
  ).toEqual({
    urls: { eventReceiverRestURL: 'https://report.test' },
    triggerNewImageScan: true,
    warnings: [],
  });
});

it('passes over what cannot be read, and says so', () => {
  expect(
    readClusterSettings({ clusterData: '{', maxImageSize: 'huge', postureScanEnabled: 'perhaps' }),
  ).toMatchObject({
    urls: {},
    warnings: [
      expect.stringMatching(/^clusterData cannot be read/),
      'postureScanEnabled: expected true or false',
      'maxImageSize: expected a number of bytes',
    ],
  });
});

it('lets what it last said stand while it cannot be read, and forgets it when it is deleted', async () => {
  const clock = new VirtualClock();
  const answers = [
    { metadata: { resourceVersion: '1' }, data: { clusterName: 'one' } },
    new KubeError(500, 'InternalError', 'the server is ill'),
    { metadata: { resourceVersion: '2' }, data: { clusterName: 'two' } },
    new KubeError(404, 'NotFound', 'gone'),
  ];
  const seen: unknown[] = [];
  const client = {
    async get<T>(): Promise<T> {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer as T;
    },
  };
  const watch = new SettingsWatch({ client, namespace: 'skopos', clock, log: silentLogger });
  while (answers.length > 0) {
    await watch.look(new AbortController().signal);
    seen.push([watch.settings.clusterName, watch.isThere, watch.problem]);
  }
  expect(seen).toEqual([
    ['one', true, ''],
    ['one', true, 'the server is ill'],
    ['two', true, ''],
    [undefined, false, ''],
  ]);
});

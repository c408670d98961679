import { describe, expect, it } from 'vitest';
import { type HostGap, type HostKind, hostObject } from '../model/host.ts';
import type { KubeObject } from '../model/object.ts';
import { controlOf } from './frameworks/index.ts';
import { defaultInputs } from './inputs.ts';
import { judge } from './judge-once.ts';

function said(id: string, objects: readonly KubeObject[]) {
  const control = controlOf(id);
  const view = {
    get: (kind: string, _namespace: string, name: string) =>
      objects.find((object) => object.kind === kind && object.metadata.name === name),
    list: (kind: string) => objects.filter((object) => object.kind === kind),
  };
  const engine = judge({ controls: [control], inputs: defaultInputs, view, objects });
  return [...engine.verdicts({ states: ['pass', 'fail', 'unknown', 'not-applicable'] })].map(
    ({ state, reason }) => ({ state, ...(reason === undefined ? {} : { reason }) }),
  );
}

const fact = (kind: HostKind, data: unknown, gaps: readonly HostGap[]) =>
  hostObject('node-a', { kind, data, gaps });
const reason = '/etc/x: no permission to read it';
const file = (permissions: number) => ({
  path: '/etc/kubernetes/pki/a.key',
  permissions,
  ownership: { username: 'root', groupname: 'root' },
});

describe('what a node could not read', () => {
  it.each([
    ['C-0166', 'KubeletInfo', 'kubeConfigFile'],
    ['C-0166', 'KubeletInfo', ''],
    ['C-0172', 'KubeletInfo', 'cmdLine'],
    ['C-0172', 'KubeletInfo', 'configFile'],
    ['C-0172', 'KubeletInfo', 'configFile.content'],
    ['C-0070', 'KubeletInfo', ''],
    ['C-0178', 'KubeletInfo', 'configFile.content'],
    ['C-0092', 'ControlPlaneInfo', 'APIServerInfo'],
    ['C-0112', 'ControlPlaneInfo', 'PKIFiles'],
    ['C-0100', 'CNIInfo', 'CNIConfigFiles'],
    ['C-0205', 'CNIInfo', 'CNINames'],
    ['C-0052', 'cloudProviderInfo', 'providerMetaDataAPIAccess'],
    ['C-0142', 'ControlPlaneInfo', 'APIServerInfo.encryptionProviderConfigFile'],
    ['C-0161', 'ControlPlaneInfo', 'APIServerInfo.cmdLine'],
  ] as const)('makes %s unknown for its reason: %s %s', (id, kind, field) => {
    const data = kind === 'KubeletInfo' && field.startsWith('configFile') ? { cmdLine: 'kubelet' } : {};
    expect(said(id, [fact(kind, data, [{ field, reason }])])).toEqual([{ state: 'unknown', reason }]);
  });

  it('does not make unknown what was read', () => {
    const data = { kubeConfigFile: file(0o600) };
    const gaps = [{ field: 'cmdLine', reason }];
    expect(said('C-0166', [fact('KubeletInfo', data, gaps)])).toEqual([{ state: 'pass' }]);
  });

  it('does not hide what is wrong with the rest', () => {
    const gaps = [{ field: 'PKIFiles', reason }];
    const of = (mode: number) => fact('ControlPlaneInfo', { PKIFiles: [file(mode)] }, gaps);
    expect(said('C-0112', [of(0o644)])).toEqual([{ state: 'fail' }]);
    expect(said('C-0112', [of(0o600)])).toEqual([{ state: 'unknown', reason }]);
  });
});

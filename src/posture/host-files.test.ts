import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/object.ts';
import { type FilePlace, fileModeCheck, fileOwnerCheck } from './host-files.ts';
import { defaultInputs } from './inputs.ts';

const context = { view: { get: () => undefined, list: () => [] }, inputs: defaultInputs };
const place: FilePlace = { kind: 'ControlPlaneInfo', field: 'PKIFiles', suffix: '.key' };

function node(...PKIFiles: unknown[]): KubeObject {
  const apiVersion = 'hostdata.kubescape.cloud/v1beta0';
  return { apiVersion, kind: 'ControlPlaneInfo', metadata: { name: 'a' }, data: { PKIFiles, other: 'x' } };
}

describe('modes of files', () => {
  const check = fileModeCheck('rule', place, 0o600);
  const key = (permissions: unknown, path = '/pki/a.key') => ({ path, permissions });

  it.each([0o600, 0o400, 0o000, 0o100600])('%o is no more than 600', (mode) => {
    expect(check.judge(node(key(mode)), context)).toEqual([]);
  });

  it.each([0o601, 0o640, 0o700, 0o4600])('%o is more', (mode) => {
    const [breach] = check.judge(node(key(mode)), context);
    expect(breach?.fixCommand).toBe('chmod 600 /pki/a.key');
    expect(breach?.shown).toEqual([
      { path: 'data.PKIFiles[0].permissions', value: `0${(mode & 0o7777).toString(8)}` },
    ]);
  });

  it('rest on the file alone', () => {
    const wrong = key(0o644);
    const [breach] = check.judge(node({ path: '/pki/a.crt', permissions: 0o777 }, wrong), context);
    expect(breach?.external).toMatchObject({ data: { PKIFiles: [wrong] } });
    expect(breach?.external).not.toHaveProperty('data.other');
  });

  it('are unknown where they are not reported, and not asked for where there is no file', () => {
    expect(check.unreadable?.(node(key(undefined)), context)).toBe(
      'data.PKIFiles[0].permissions is not reported',
    );
    expect(check.applies?.(node(), context)).toBe(false);
  });

  it('make no command of what a node calls its files', () => {
    const [breach] = check.judge(node(key(0o644, "/pki/'; reboot;.key")), context);
    expect(breach?.fixCommand).toBe("chmod 600 '/pki/'\\''; reboot;.key'");
  });
});

describe('owners of files', () => {
  const check = fileOwnerCheck('rule', [place], ['etcd:etcd']);
  const owned = (ownership: unknown) => node({ path: '/pki/a.key', ownership });

  it.each([
    [{ username: 'root', groupname: 'root' }, 0],
    [{ username: '', groupname: '', uid: 0, gid: 0 }, 0],
    [{ username: 'etcd', groupname: 'etcd' }, 0],
    [{ username: 'root', groupname: 'etcd' }, 1],
    [{ username: '', groupname: 'root', uid: 1000 }, 1],
  ])('%j gives %i breaches', (ownership, count) => {
    expect(check.judge(owned(ownership), context)).toHaveLength(count);
  });

  it.each([undefined, {}, { username: 'root', groupname: 'root', error: 'no such user' }])(
    '%j says nothing',
    (ownership) => {
      expect(check.judge(owned(ownership), context)).toEqual([]);
      expect(check.unreadable?.(owned(ownership), context)).toBe(
        'data.PKIFiles[0].ownership is not reported',
      );
    },
  );
});

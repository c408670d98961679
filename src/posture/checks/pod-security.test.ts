import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/object.ts';
import { controlsOf, frameworkOf } from '../frameworks/index.ts';
import { defaultInputs } from '../inputs.ts';
import { judge } from '../judge-once.ts';

type Fields = Readonly<Record<string, unknown>>;

function pod(spec: Fields, annotations: Fields = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', annotations: annotations as Record<string, string> },
    spec,
  };
}

/** What the restricted level asks for, and nothing else. */
const good: Fields = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container()],
};

function container(security: Fields = {}, more: Fields = {}): Fields {
  const own = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...security };
  return { name: 'web', securityContext: own, ...more };
}

/** Ids of the controls of a framework that the pod fails, at a version. */
function failedBy(object: KubeObject, version = 'latest', framework = 'PSS-restricted'): string[] {
  const engine = judge({
    controls: controlsOf(frameworkOf(framework)),
    inputs: { ...defaultInputs, podSecurityVersion: [version] },
    objects: [object],
    view: { get: () => undefined, list: () => [] },
  });
  return [...engine.verdicts({ states: ['fail'] })].map(({ controlId }) => controlId).sort();
}

it.each(['latest', 'v1.35', 'v1.34', 'v1.25', 'v1.22', 'v1.19', 'v1.8', 'v1.0'])(
  'lets a hardened pod in at %s',
  (version) => {
    expect(failedBy(pod(good), version)).toEqual([]);
  },
);

it('asks of a plain pod nothing at the baseline level, and the hardening at the restricted one', () => {
  const plain = pod({ containers: [{ name: 'web' }] });
  expect(failedBy(plain, 'latest', 'PSS-baseline')).toEqual([]);
  expect(failedBy(plain)).toEqual(['P-0013', 'P-0014', 'P-0016', 'P-0017']);
});

const withProbe = pod({
  ...good,
  containers: [container({}, { startupProbe: { tcpSocket: { host: 'db', port: 1 } } })],
});
const windows = pod({
  os: { name: 'windows' },
  securityContext: { runAsNonRoot: true },
  containers: [{ name: 'web' }],
});

describe('by version', () => {
  const cases: readonly (readonly [
    what: string,
    object: KubeObject,
    version: string,
    failed: readonly string[],
  ])[] = [
    ['a sysctl that was not yet safe', withSysctl('net.ipv4.ip_local_reserved_ports'), 'v1.26', ['P-0011']],
    ['a sysctl since it is safe', withSysctl('net.ipv4.ip_local_reserved_ports'), 'v1.27', []],
    ['a keep-alive sysctl before', withSysctl('net.ipv4.tcp_keepalive_time'), 'v1.28', ['P-0011']],
    ['a keep-alive sysctl', withSysctl('net.ipv4.tcp_keepalive_time'), 'v1.29', []],
    ['a buffer sysctl before', withSysctl('net.ipv4.tcp_wmem'), 'v1.31', ['P-0011']],
    ['a buffer sysctl', withSysctl('net.ipv4.tcp_wmem'), 'v1.32', []],
    ['an engine type before', withType('container_engine_t'), 'v1.30', ['P-0007']],
    ['an engine type', withType('container_engine_t'), 'v1.31', []],
    ['a probe with a host before', withProbe, 'v1.33', []],
    ['a probe with a host', withProbe, 'v1.34', ['P-0005']],
    ['escalation before it was asked', plainBut({ allowPrivilegeEscalation: true }), 'v1.7', []],
    ['escalation', plainBut({ allowPrivilegeEscalation: true }), 'v1.8', ['P-0013']],
    ['capabilities before they were asked', plainBut({ capabilities: {} }), 'v1.21', []],
    ['capabilities', plainBut({ capabilities: {} }), 'v1.22', ['P-0017']],
    ['root by number before it was asked', plainBut({ runAsUser: 0 }), 'v1.22', []],
    ['root by number', plainBut({ runAsUser: 0 }), 'v1.23', ['P-0015']],
    [
      'root with users of its own before',
      ownUsers({ runAsUser: 0, runAsNonRoot: false }),
      'v1.34',
      ['P-0014', 'P-0015'],
    ],
    ['root with users of its own', ownUsers({ runAsUser: 0, runAsNonRoot: false }), 'v1.35', []],
    ['an unmasked /proc with users of its own', ownUsers({ procMount: 'Unmasked' }), 'v1.35', ['P-0009']],
    ['an unmasked /proc before', ownUsers({ procMount: 'Unmasked' }), 'v1.34', ['P-0008']],
    ['a Windows pod before', windows, 'v1.24', ['P-0013', 'P-0016', 'P-0017']],
    ['a Windows pod', windows, 'v1.25', []],
    [
      'a seccomp annotation',
      pod(good, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' }),
      'v1.18',
      ['P-0010'],
    ],
    [
      'a seccomp annotation that has no effect any more',
      pod(good, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' }),
      'v1.19',
      [],
    ],
    [
      'no seccomp profile before it was asked',
      pod({ ...good, securityContext: { runAsNonRoot: true } }),
      'v1.18',
      [],
    ],
    ['no seccomp profile', pod({ ...good, securityContext: { runAsNonRoot: true } }), 'v1.19', ['P-0016']],
  ];
  it.each(cases)('%s', (_what, object, version, failed) => {
    expect(failedBy(object, version)).toEqual(failed);
  });
});

function withSysctl(name: string): KubeObject {
  return pod({
    ...good,
    securityContext: { ...(good['securityContext'] as Fields), sysctls: [{ name, value: '1' }] },
  });
}

function withType(type: string): KubeObject {
  return pod({ ...good, containers: [container({ seLinuxOptions: { type } })] });
}

function plainBut(security: Fields): KubeObject {
  return pod({ ...good, containers: [container(security)] });
}

function ownUsers(security: Fields): KubeObject {
  return pod({ ...good, hostUsers: false, containers: [container(security)] });
}

it('looks at ephemeral containers as well', () => {
  const debugging = pod({
    ...good,
    ephemeralContainers: [{ name: 'debug', securityContext: { privileged: true } }],
  });
  expect(failedBy(debugging, 'latest', 'PSS-baseline')).toEqual(['P-0002']);
});

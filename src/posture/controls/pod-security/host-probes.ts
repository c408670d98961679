import { allContainersOf, forbidden, podSecurityCheck } from '../../checks/pod-security.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import type { Container, Handler } from '../../pod-spec.ts';

export const podSecurityHostProbes = defineControl({
  id: 'P-0005',
  name: 'Pod Security: no probes or hooks that name a host',
  baseScore: 4,
  category: 'Workload',
  why: 'The kubelet makes the request of a probe or a hook itself, so one that names a host asks the network for the pod from where the node stands.',
  fix: 'Take `host` out: the request then goes to the pod itself. Where a header is meant, set `httpHeaders`. Asked from Kubernetes 1.34 on.',

  checks: [
    podSecurityCheck(
      'host-probes',
      (_pod, _version, object) =>
        allContainersOf(object).flatMap(({ container, path, label }) =>
          handlersOf(container).flatMap(([name, handler]) =>
            (['httpGet', 'tcpSocket'] as const).flatMap((way) =>
              handler?.[way]?.host
                ? [forbidden(`${label} asks a host by its ${name}`, `${path}.${name}.${way}.host`)]
                : [],
            ),
          ),
        ),
      { since: 34 },
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, livenessProbe: { httpGet: { port: 80 } } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, livenessProbe: { httpGet: { port: 80, host: 10.0.0.1 } } }] }
        `,
        paths: ['spec.containers[0].livenessProbe.httpGet.host'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, lifecycle: { preStop: { tcpSocket: { port: 80, host: 10.0.0.1 } } } }] }
        `,
        paths: ['spec.containers[0].lifecycle.preStop.tcpSocket.host'],
      },
    ],
  },
});

function handlersOf({
  livenessProbe,
  readinessProbe,
  startupProbe,
  lifecycle,
}: Container): (readonly [string, Handler | undefined])[] {
  return [
    ['livenessProbe', livenessProbe],
    ['readinessProbe', readinessProbe],
    ['startupProbe', startupProbe],
    ['lifecycle.postStart', lifecycle?.postStart],
    ['lifecycle.preStop', lifecycle?.preStop],
  ];
}

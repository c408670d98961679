import { hostPathBreaches } from '../../checks/volumes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { workloadKinds } from '../../pod-spec.ts';

export const runtimeSocket = defineControl({
  id: 'C-0074',
  name: 'Container runtime socket mounted',
  baseScore: 5,
  category: 'Workload',
  why: 'Who can talk to the container runtime can start any container with any rights: its socket in a container is the whole node in a container.',
  fix: 'Take the volume out. For builds use a builder that needs no socket (BuildKit rootless, Kaniko); for information use the Kubernetes API.',

  checks: [
    {
      rule: 'containers-mounting-docker-socket',
      kinds: workloadKinds,
      judge: (object) =>
        hostPathBreaches(
          object,
          (path) => sockets.includes(path),
          (path) => `gives ${path}, the container runtime`,
        ),
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec:
          volumes: [{ name: data, hostPath: { path: /var/log } }]
          containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            volumes: [{ name: data, hostPath: { path: /var/run/docker.sock } }]
            containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
        `,
        paths: ['spec.volumes[0]', 'spec.containers[0].volumeMounts[0]'],
      },
    ],
  },
});

const sockets = [
  '/var/run/docker.sock',
  '/var/run/docker',
  '/run/containerd/containerd.sock',
  '/var/run/crio/crio.sock',
];

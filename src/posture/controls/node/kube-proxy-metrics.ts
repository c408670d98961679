import type { KubeObject } from '../../../model/object.ts';
import { dig } from '../../cloud.ts';
import { defineControl } from '../../control.ts';
import { mappingOf } from '../../embedded.ts';
import { yaml } from '../../example.ts';

export const kubeProxyMetrics = defineControl({
  id: 'C-0291',
  name: 'Ensure that the kube-proxy metrics service is bound to localhost',
  baseScore: 5,
  category: 'Control plane',
  why: 'On every address of the node whoever reaches it can read kube-proxy’s metrics and its configuration, which tell how the cluster’s network is laid out.',
  fix: 'Set `metricsBindAddress: 127.0.0.1:10249` in kube-proxy’s ConfigMap, or leave it empty, which means the same, and restart its pods.',

  checks: [
    {
      rule: 'ensure-that-the-kube-proxy-metrics-service-is-bound-to-localhost',
      kinds: ['ConfigMap'],
      namespace: 'kube-system',
      awaits: 'the ConfigMap of kube-proxy',
      applies: ({ metadata }) => metadata?.namespace === 'kube-system' && metadata.name === 'kube-proxy',
      unreadable: (object) =>
        configOf(object) === undefined
          ? 'data["config.conf"] is not there, is withheld, or is no YAML mapping'
          : undefined,
      judge(object) {
        const address = dig(configOf(object), 'metricsBindAddress');
        // Without one it is 127.0.0.1: https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
        if (typeof address !== 'string' || address === '' || isLoopback(address)) return [];
        return [
          {
            message: `kube-proxy serves its metrics on ${address}`,
            failedPaths: ['data'],
            fixPaths: [],
            shown: [{ path: 'data["config.conf"]', value: { metricsBindAddress: address } }],
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: kube-proxy, namespace: kube-system }
        data:
          config.conf: |
            kind: KubeProxyConfiguration
            metricsBindAddress: 127.0.0.1:10249
      `,
      yaml`
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: kube-proxy, namespace: kube-system }
        data: { config.conf: 'metricsBindAddress: ""' }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: ConfigMap
          metadata: { name: kube-proxy, namespace: kube-system }
          data: { config.conf: 'metricsBindAddress: 0.0.0.0:10249' }
        `,
        paths: ['data'],
      },
    ],
  },
});

/** Distributions name the key differently. */
const keys = ['config.conf', 'kubeconfig.conf', 'config'];

function configOf({ data }: KubeObject): Readonly<Record<string, unknown>> | undefined {
  const text = keys.map((key) => dig(data, key)).find((value) => value !== undefined);
  return typeof text === 'string' ? mappingOf(text) : undefined;
}

function isLoopback(address: string): boolean {
  return /^(?:127(?:\.\d+){3}|localhost|\[?::1\]?)(?::\d+)?$/.test(address);
}

import { isSet } from '../../checks/resources.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const ingressTls = defineControl({
  id: 'C-0263',
  name: 'Ingress uses TLS',
  baseScore: 7,
  category: 'Network',
  why: 'Without TLS everybody on the way can read and change what users send, passwords among it.',
  fix: 'Set `spec.tls` with a Secret that holds a certificate; cert-manager makes and renews them.',

  checks: [
    {
      rule: 'ingress-no-tls',
      kinds: ['Ingress'],
      judge(ingress) {
        if (isSet((ingress['spec'] as { tls?: unknown } | null | undefined)?.tls)) return [];
        const fixPaths = [{ path: 'spec.tls', value: '<your-tls-definition>' }];
        return [{ message: 'it has no TLS', failedPaths: [], fixPaths }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: shop, namespace: shop }
        spec:
          rules: [{ http: { paths: [{ path: /, backend: { service: { name: shop, port: { number: 80 } } } }] } }]
          tls: [{ secretName: shop-tls }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: { name: shop, namespace: shop }
          spec:
            rules: [{ http: { paths: [{ path: /, backend: { service: { name: shop, port: { number: 80 } } } }] } }]
        `,
        paths: ['spec.tls'],
      },
    ],
  },
});

import { serviceSpecOf } from '../../checks/services.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const awsLoadBalancerTls = defineControl({
  id: 'C-0231',
  name: 'Encrypt traffic to HTTPS load balancers with TLS certificates',
  baseScore: 5,
  category: 'Network',
  why: 'A load balancer on port 443 without a certificate sends on what comes as it comes; clients take it for safe.',
  fix: 'Name a certificate of ACM in the annotation `service.beta.kubernetes.io/aws-load-balancer-ssl-cert`.',

  checks: [
    {
      rule: 'ensure-https-loadbalancers-encrypted-with-tls-aws',
      kinds: ['Service'],
      judge(service) {
        const { type, ports } = serviceSpecOf(service);
        if (type !== 'LoadBalancer' || !itemsOf(ports).some(({ item }) => item.port === 443)) return [];
        if (Object.keys(service.metadata?.annotations ?? {}).some((key) => key.startsWith(annotation)))
          return [];
        const fixPaths = [
          { path: `metadata.annotations['${annotation}']`, value: 'AWS_LOADBALANCER_SSL_CERT' },
        ];
        const message = 'the load balancer serves port 443 without a certificate';
        return [{ message, failedPaths: [], fixPaths, external: service }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Service
        metadata: { name: shop, namespace: shop }
        spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop }
          spec: { type: LoadBalancer, selector: { app: shop }, ports: [{ port: 443, targetPort: 8080 }] }
        `,
        paths: ["metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-ssl-cert']"],
      },
    ],
  },
});

const annotation = 'service.beta.kubernetes.io/aws-load-balancer-ssl-cert';

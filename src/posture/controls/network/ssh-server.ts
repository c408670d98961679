import { serviceSpecOf, servicesOf } from '../../checks/services.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf, podOf, workloadKinds } from '../../pod-spec.ts';

export const sshServer = defineControl({
  id: 'C-0042',
  name: 'SSH server running inside container',
  baseScore: 3,
  category: 'Workload',
  why: 'An SSH server in a container is a second way in, with keys and logs of its own that nobody looks at.',
  fix: 'Take the SSH server out of the image and the port out of the Service; `kubectl exec` does the same with the cluster’s rights and audit log.',

  checks: [
    {
      rule: 'rule-can-ssh-to-pod-v1',
      kinds: workloadKinds,
      judge(object, { view }) {
        const pod = podOf(object);
        if (pod === undefined) return [];
        const { name, namespace } = object.metadata;
        const places = [`${pod.path.replace(/\.?spec$/, '.metadata.labels').replace(/^\./, '')}`];
        return servicesOf(view, object)
          .filter((service) => itemsOf(serviceSpecOf(service).ports).some(({ item }) => isSsh(item)))
          .map((service) => ({
            message: `Service ${service.metadata.name} sends SSH to its pods`,
            reviewPaths: places,
            failedPaths: places,
            // Upstream names none for workloads.
            ...(object.kind === 'Pod' ? { fixPaths: [] } : {}),
            external: { name, namespace, kind: object.kind, relatedObjects: service },
            related: [service],
          }));
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: shop, namespace: shop }
        spec:
          selector: { matchLabels: { app: shop } }
          template:
            metadata: { labels: { app: shop } }
            spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: shop, namespace: shop }
        spec: { type: ClusterIP, selector: { app: shop }, ports: [{ port: 80, targetPort: 8080 }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop, namespace: shop }
          spec:
            selector: { matchLabels: { app: shop } }
            template:
              metadata: { labels: { app: shop } }
              spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
          ---
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: shop }
          spec: { type: ClusterIP, selector: { app: shop }, ports: [{ port: 22, targetPort: 22 }] }
        `,
        paths: ['spec.template.metadata.labels'],
      },
    ],
  },
});

function isSsh({ port, targetPort }: { readonly port?: unknown; readonly targetPort?: unknown }): boolean {
  return [port, targetPort].some((one) => one === 22 || one === 2222);
}

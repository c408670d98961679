import { dig } from '../../cloud.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { listIn, namespaceOf } from '../../namespaces.ts';
import { containersOf } from '../../pod-spec.ts';
import { versionIn } from '../../version.ts';

export const nginxIngressSnippets = defineControl({
  id: 'C-0059',
  name: 'CVE-2021-25742-nginx-ingress-snippet-annotation-vulnerability',
  baseScore: 8,
  category: 'Workload',
  why: 'With CVE-2021-25742 whoever may create an Ingress can write nginx configuration into the controller through a snippet annotation, and read its token, which sees the Secrets of all namespaces.',
  fix: 'Update the controller to 0.49.1, 1.0.1 or newer and set `allow-snippet-annotations: "false"` in its ConfigMap.',

  checks: [
    {
      rule: 'nginx-ingress-snippet-annotation-vulnerability',
      kinds: ['Deployment'],
      judge(object, { view }) {
        const vulnerable = containersOf(object).filter(({ container }) => isVulnerable(container.image));
        if (vulnerable.length === 0) return [];
        const isSwitchedOff = listIn(view, 'ConfigMap', namespaceOf(object)).some(
          (map) => dig(map, 'data', 'allow-snippet-annotations') === 'false',
        );
        if (isSwitchedOff) return [];
        return vulnerable.map(({ path, label }) => ({
          message: `${label} is an nginx ingress controller with CVE-2021-25742`,
          reviewPaths: [`${path}.image`],
          failedPaths: [`${path}.image`],
          fixPaths: [],
        }));
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: ingress, namespace: ingress }
        spec: { template: { spec: { containers: [{ name: nginx, image: 'ingress-nginx/controller:v1.11.3' }] } } }
      `,
      yaml`
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: ingress, namespace: ingress }
        spec: { template: { spec: { containers: [{ name: nginx, image: 'ingress-nginx/controller:v1.0.0' }] } } }
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: ingress, namespace: ingress }
        data: { allow-snippet-annotations: 'false' }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: ingress, namespace: ingress }
          spec: { template: { spec: { containers: [{ name: nginx, image: 'ingress-nginx/controller:v1.0.0' }] } } }
        `,
        paths: ['spec.template.spec.containers[0].image'],
      },
    ],
  },
});

/** Source: https://github.com/kubernetes/ingress-nginx/issues/7837 */
function isVulnerable(image: string | undefined): boolean {
  if (typeof image !== 'string' || !/nginx-controller|ingress-controller|ingress-nginx/.test(image))
    return false;
  const tag = /:([\w.-]+)(?:@|$)/.exec(image)?.[1];
  const version = tag === undefined ? undefined : versionIn(tag);
  if (version === undefined) return false;
  const [major, minor, patch] = version;
  if (major === 1) return minor === 0 && patch === 0;
  return major === 0 && (minor < 49 || (minor === 49 && patch === 0));
}

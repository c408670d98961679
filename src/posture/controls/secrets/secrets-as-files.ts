import { isSet } from '../../checks/resources.ts';
import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, everyContainer, itemsOf, workloadKinds } from '../../pod-spec.ts';

export const secretsAsFiles = defineControl({
  id: 'C-0207',
  name: 'Prefer using secrets as files over secrets as environment variables',
  baseScore: 4,
  category: 'Workload',
  why: 'Environment variables show in logs, crash dumps and every child process. A file does not, can be read by its owner only, and changes without a restart.',
  fix: 'Mount the Secret as a volume, and have the application read the file.',

  checks: [
    {
      rule: 'rule-secrets-in-env-var',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object, everyContainer).flatMap(({ container, path, label }) => [
          ...itemsOf(container.env).flatMap(({ item: { name, valueFrom }, index }) =>
            isSet(valueFrom?.secretKeyRef)
              ? [breach(`${path}.env[${index}].name`, `${label}: the variable ${name} is from a Secret`)]
              : [],
          ),
          ...itemsOf(container.envFrom).flatMap(({ item: { secretRef }, index }) =>
            isSet(secretRef)
              ? [
                  breach(
                    `${path}.envFrom[${index}].secretRef`,
                    `${label}: the whole Secret ${secretRef?.name ?? ''} is put into the environment`,
                  ),
                ]
              : [],
          ),
        ]);
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec: { containers: [{ name: web, env: [{ name: LOG_LEVEL, value: info }] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, env: [{ name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }] }] }
        `,
        paths: ['spec.containers[0].env[0].name'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec: { containers: [{ name: web, envFrom: [{ secretRef: { name: db } }] }] }
        `,
        paths: ['spec.containers[0].envFrom[0].secretRef'],
      },
    ],
  },
});

function breach(path: string, message: string): Breach {
  return { message, deletePaths: [path], failedPaths: [path], fixPaths: [] };
}

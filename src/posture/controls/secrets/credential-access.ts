import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { credentialsInConfiguration } from './credentials-in-configuration.ts';

export const credentialAccess = defineControl({
  id: 'C-0259',
  name: 'Workload with credential access',
  baseScore: 8,
  category: 'Secrets',
  why: 'A password in the environment of a container is in its manifest too, in every crash dump, and in reach of whoever breaks in.',
  fix: 'Move the value to a Secret, or better a secret store, and mount it as a file.',

  checks: credentialsInConfiguration.checks.filter(({ rule }) => rule === 'rule-credentials-in-env-var'),

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
          spec: { containers: [{ name: web, env: [{ name: DB_PASSWORD, value: example }] }] }
        `,
        paths: ['spec.containers[0].env[0].name', 'spec.containers[0].env[0].value'],
      },
    ],
  },
});

import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { type ContainerPlace, containersOf, everyContainer, itemsOf, workloadKinds } from '../../pod-spec.ts';
import { type SecretDetector, secretDetector } from '../../sensitive.ts';

/** Nothing here may carry a value: messages and paths are shown, stored and sent. */
export const credentialsInConfiguration = defineControl({
  id: 'C-0012',
  name: 'Applications credentials in configuration files',
  baseScore: 8,
  category: 'Secrets',
  why: 'Credentials in a manifest or ConfigMap lie open in version control, in backups and to everyone who may read the object, and outlive every rotation.',
  fix: 'Move the value to a Secret, or better a secret store, mount it as a file, and rotate what was exposed. What is no credential goes on the inputs `sensitiveKeyNamesAllowed` or `sensitiveValuesAllowed`.',

  checks: [
    {
      rule: 'rule-credentials-in-env-var',
      kinds: workloadKinds,
      judge(object, { inputs }) {
        const detector = secretDetector(inputs, { anyCase: true });
        return containersOf(object, everyContainer).flatMap((place) => [
          ...variablesOf(place, detector),
          ...wholeSecretsOf(place),
        ]);
      },
    },
    {
      rule: 'rule-credentials-configmap',
      kinds: ['ConfigMap'],
      judge(object, { inputs }) {
        const detector = secretDetector(inputs, { anyCase: false });
        const data = object['data'];
        if (typeof data !== 'object' || data === null) return [];
        return Object.entries(data).flatMap(([key, value]): Breach[] => {
          if (typeof value !== 'string' || value === '' || detector.isAllowed(key, value)) return [];
          const plain = fromBase64(value);
          const isSecret =
            detector.isSecretName(key) ||
            detector.isSecretValue(value) ||
            (plain !== undefined && detector.isSecretValue(plain));
          if (!isSecret) return [];
          const places = [`data[${key}]`];
          const message = `the key ${key} looks like a credential`;
          return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
        });
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec:
          containers:
            - name: web
              env:
                - { name: LOG_LEVEL, value: info }
                - { name: DB_PASSWORD_FILE, value: /run/secrets/db-password }
                - name: DB_PASSWORD
                  valueFrom: { secretKeyRef: { name: db, key: password } }
      `,
      yaml`
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: shop }
        data: { log-level: info }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec:
            containers:
              - name: web
                env:
                  - { name: DB_PASSWORD, value: example }
        `,
        paths: ['spec.containers[0].env[0].name', 'spec.containers[0].env[0].value'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: ConfigMap
          metadata: { name: shop }
          data: { db-password: example }
        `,
        paths: ['data[db-password]'],
      },
    ],
  },
});

function variablesOf({ container, path, label }: ContainerPlace, detector: SecretDetector): Breach[] {
  return itemsOf(container.env).flatMap(({ item: { name, value }, index }) => {
    if (typeof name !== 'string' || typeof value !== 'string' || value === '') return [];
    // The path of a file that holds the credential is no credential.
    if (value.startsWith('/') || detector.isAllowed(name, value)) return [];
    if (!detector.isSecretName(name) && !detector.isSecretValue(value)) return [];
    const places = [`${path}.env[${index}].name`, `${path}.env[${index}].value`];
    const message = `${label}: the environment variable ${name} looks like a credential`;
    return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
  });
}

/** A whole Secret in the environment shows in every crash dump and to every child process, keys nobody needs included. */
function wholeSecretsOf({ container, path, label }: ContainerPlace): Breach[] {
  return itemsOf(container.envFrom).flatMap(({ item: { secretRef }, index }) => {
    if (typeof secretRef !== 'object' || secretRef === null) return [];
    const places = [`${path}.envFrom[${index}].secretRef`];
    const message = `${label}: the whole Secret ${secretRef.name ?? ''} is put into the environment`;
    return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
  });
}

function fromBase64(text: string): string | undefined {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  try {
    return atob(compact);
  } catch {
    return undefined;
  }
}

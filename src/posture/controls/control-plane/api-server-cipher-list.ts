import { type Component, endOf, flagOf, itemsOfFlag, withValue } from '../../component-flags.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { type FlagBreach, flagCheck } from '../../flag-checks.ts';

export const apiServerCipherList = defineControl({
  id: 'C-0143',
  name: 'Ensure that the API Server only makes use of Strong Cryptographic Ciphers',
  baseScore: 5,
  category: 'Control plane',
  why: 'Old cipher suites let somebody on the way read what passes between the API server and its clients, tokens and secrets included.',
  fix: 'Set `--tls-cipher-suites` to the suites of the benchmark that you follow. This is the list of CIS 1.9 and before, weak ones included; C-0277 asks for the newer one, so except this control where you follow that.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers',
      component: 'kube-apiserver',
      judge: incomplete,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, '--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA,TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,TLS_RSA_WITH_3DES_EDE_CBC_SHA,TLS_RSA_WITH_AES_128_CBC_SHA,TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_256_CBC_SHA,TLS_RSA_WITH_AES_256_GCM_SHA384']
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --secure-port=6443]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --tls-cipher-suites=TLS_AES_128_GCM_SHA256]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});

/** Of CIS Kubernetes 1.23 to 1.9, 1.2.30: all of these, and the benchmark calls them strong. */
const wanted: readonly string[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
];

function incomplete(server: Component): FlagBreach | undefined {
  const flag = flagOf(server, 'tls-cipher-suites');
  if (flag === undefined) {
    const value = `--tls-cipher-suites=${wanted.join(',')}`;
    return { message: '--tls-cipher-suites is not set', fixes: [{ path: endOf(server), value }] };
  }
  const suites = itemsOfFlag(flag);
  const missing = wanted.filter((suite) => !suites.includes(suite));
  if (missing.length === 0) return undefined;
  return {
    message: `--tls-cipher-suites lacks ${missing.length} of the benchmark’s suites`,
    failed: [flag.path],
    fixes: [withValue(flag, [...suites, ...missing].join(','))],
  };
}

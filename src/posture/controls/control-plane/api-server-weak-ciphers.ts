import { type Component, endOf, flagOf, itemsOfFlag, withValue } from '../../component-flags.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { type FlagBreach, flagCheck } from '../../flag-checks.ts';

export const apiServerWeakCiphers = defineControl({
  id: 'C-0277',
  name: 'Ensure that the API Server only makes use of Strong Cryptographic Ciphers',
  baseScore: 5,
  category: 'Control plane',
  why: 'Cipher suites without forward secrecy, or with RC4, 3DES or CBC, let somebody on the way read or change what passes between the API server and its clients.',
  fix: 'Set `--tls-cipher-suites` to suites with ECDHE and GCM or ChaCha20 (those of TLS 1.3 are always on), and leave out the ones that are named.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers-cis1-10',
      component: 'kube-apiserver',
      judge: hasWeak,
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
              command: [kube-apiserver, '--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384']
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
                command: [kube-apiserver, '--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_3DES_EDE_CBC_SHA']
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});

/** Those that CIS Kubernetes 1.10, 1.2.29, wants gone. */
const weak: readonly string[] = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_ECDSA_WITH_RC4_128_SHA',
  'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_RSA_WITH_RC4_128_SHA',
  'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_RSA_WITH_RC4_128_SHA',
];

/** What to set where nothing is: https://pkg.go.dev/crypto/tls#CipherSuites without the ones above. */
const strong: readonly string[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
];

function hasWeak(server: Component): FlagBreach | undefined {
  const flag = flagOf(server, 'tls-cipher-suites');
  if (flag === undefined) {
    const value = `--tls-cipher-suites=${strong.join(',')}`;
    return {
      message: '--tls-cipher-suites is not set, and the default has weak suites',
      fixes: [{ path: endOf(server), value }],
    };
  }
  const suites = itemsOfFlag(flag);
  const bad = suites.filter((suite) => weak.includes(suite));
  if (bad.length === 0) return undefined;
  const left = suites.filter((suite) => !weak.includes(suite));
  return {
    message: `--tls-cipher-suites has ${bad.join(', ')}`,
    failed: [flag.path],
    fixes: [withValue(flag, (left.length > 0 ? left : strong).join(','))],
  };
}

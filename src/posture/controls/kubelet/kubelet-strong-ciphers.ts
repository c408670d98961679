import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletStrongCiphers = defineControl({
  id: 'C-0184',
  name: 'Ensure that the Kubelet only makes use of Strong Cryptographic Ciphers',
  baseScore: 5,
  category: 'Control plane',
  why: 'Logs, exec sessions and their secrets pass through the kubelet’s port; old cipher suites let somebody on the way read or change them.',
  fix: 'Set `tlsCipherSuites` in the kubelet’s configuration file to suites with ECDHE and GCM or ChaCha20 only, and restart it.',

  checks: [
    kubeletCheck({
      rule: 'kubelet-strong-cryptographics-ciphers',
      flag: 'tls-cipher-suites',
      field: 'tlsCipherSuites',
      types: ['list', 'string'],
      otherField: 'TLSCipherSuites',
      badFlag: (value) => weak(value.split(',')),
      badField: (value) =>
        Array.isArray(value) ? weak(value) : typeof value === 'string' ? weak(value.split(',')) : undefined,
      unset: 'the kubelet accepts weak ciphers, as is the default without a configuration file',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
          configFile: { content: dGxzQ2lwaGVyU3VpdGVzOiBbVExTX0VDREhFX1JTQV9XSVRIX0FFU18yNTZfR0NNX1NIQTM4NF0K }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --tls-cipher-suites=TLS_RSA_WITH_3DES_EDE_CBC_SHA }
        `,
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data:
            cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
            configFile: { content: dGxzQ2lwaGVyU3VpdGVzOiBbVExTX0VDREhFX1JTQV9XSVRIX1JDNF8xMjhfU0hBXQo= }
        `,
        paths: ['tlsCipherSuites'],
      },
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet }
        `,
        paths: [],
      },
    ],
  },
});

/** Those of the CIS benchmark, and the same ChaCha20 suites by the names that Go has for them now. */
const strong: ReadonlySet<unknown> = new Set([
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
]);

function weak(suites: readonly unknown[]): string | undefined {
  const bad = suites.filter((suite) => !strong.has(suite));
  return bad.length === 0 ? undefined : `the kubelet accepts ${bad.map(String).join(', ')}`;
}

import { defineFramework } from './framework.ts';

const baseline = [
  'P-0001',
  'C-0041',
  'C-0038',
  'P-0002',
  'P-0003',
  'C-0048',
  'P-0004',
  'P-0005',
  'P-0006',
  'P-0007',
  'P-0008',
  'P-0010',
  'P-0011',
];

/**
 * What Kubernetes asks of pods at the baseline level, of the version in the input `podSecurityVersion`.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const podSecurityBaseline = defineFramework({
  name: 'PSS-baseline',
  title: 'Pod Security Standards, baseline',
  controls: baseline,
});

/**
 * What Kubernetes asks of pods at the restricted level: all of the baseline, and more.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const podSecurityRestricted = defineFramework({
  name: 'PSS-restricted',
  title: 'Pod Security Standards, restricted',
  controls: [...baseline, ...['P-0009', 'P-0012', 'P-0013', 'P-0014', 'P-0015', 'P-0016', 'P-0017']],
});

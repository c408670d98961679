import { manualCheck } from '../../checks/manual.ts';
import { defineControl } from '../../control.ts';

export const untrustedWorkloads = defineControl({
  id: 'C-0249',
  name: 'Restrict untrusted workloads',
  baseScore: 5,
  category: 'Workload',
  why: 'A container shares the kernel of its node. Code that nobody vouches for should not be one system call away from everything else.',
  fix: 'Run workloads that you do not trust on nodes of their own, or in a sandbox (gVisor, Kata).',

  checks: [manualCheck('rule-manual', 'which workloads run code that nobody vouches for, and where')],

  examples: {
    pass: [],
    fail: [],
  },
});

import { manualCheck } from '../../checks/manual.ts';
import { defineControl } from '../../control.ts';

export const clientCertificatesForUsers = defineControl({
  id: 'C-0286',
  name: 'Client certificate authentication should not be used for users',
  baseScore: 4,
  category: 'Access control',
  why: 'A client certificate cannot be revoked: who leaves keeps access until it expires.',
  fix: 'Let people log in by OpenID Connect, and keep client certificates for the cluster’s own parts.',

  checks: [manualCheck('rule-manual', 'whether people log in with client certificates')],

  examples: {
    pass: [],
    fail: [],
  },
});

import { manualCheck } from '../../checks/manual.ts';
import { defineControl } from '../../control.ts';

export const systemMasters = defineControl({
  id: 'C-0246',
  name: 'Avoid use of system:masters group',
  baseScore: 8,
  category: 'Access control',
  why: 'The group system:masters is beyond RBAC: whoever holds a certificate with it may do everything, and it cannot be taken back.',
  fix: 'Look through client certificates and identity providers for the group, replace them by bindings of roles, and keep one for emergencies under lock.',

  checks: [
    manualCheck('rule-manual', 'who holds a client certificate or login with the group system:masters'),
  ],

  examples: {
    pass: [],
    fail: [],
  },
});

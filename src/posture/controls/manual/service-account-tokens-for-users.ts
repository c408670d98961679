import { manualCheck } from '../../checks/manual.ts';
import { defineControl } from '../../control.ts';

export const serviceAccountTokensForUsers = defineControl({
  id: 'C-0287',
  name: 'Service account token authentication should not be used for users',
  baseScore: 4,
  category: 'Access control',
  why: 'A ServiceAccount’s token says nothing of the person who uses it, and is passed on easily.',
  fix: 'Let people log in by OpenID Connect, and keep tokens for programs in the cluster.',

  checks: [manualCheck('rule-manual', 'whether people log in with tokens of ServiceAccounts')],

  examples: {
    pass: [],
    fail: [],
  },
});

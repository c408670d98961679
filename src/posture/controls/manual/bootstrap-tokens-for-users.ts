import { manualCheck } from '../../checks/manual.ts';
import { defineControl } from '../../control.ts';

export const bootstrapTokensForUsers = defineControl({
  id: 'C-0288',
  name: 'Bootstrap token authentication should not be used for users',
  baseScore: 4,
  category: 'Access control',
  why: 'Bootstrap tokens are made to let nodes join; they lie in Secrets of kube-system, and no audit log names a person.',
  fix: 'Let people log in by OpenID Connect, and delete bootstrap tokens that no node needs.',

  checks: [manualCheck('rule-manual', 'whether people log in with bootstrap tokens')],

  examples: {
    pass: [],
    fail: [],
  },
});

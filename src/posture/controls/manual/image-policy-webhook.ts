import { manualCheck } from '../../checks/manual.ts';
import { defineControl } from '../../control.ts';

export const imagePolicyWebhook = defineControl({
  id: 'C-0289',
  name: 'Configure Image Provenance using ImagePolicyWebhook admission controller',
  baseScore: 7,
  category: 'Workload',
  why: 'Unless the API server asks where images come from, any image that a manifest names is run.',
  fix: 'Configure the ImagePolicyWebhook admission plugin, or a policy engine that verifies signatures, and have it refuse what it does not know.',

  checks: [
    manualCheck(
      'rule-manual',
      'whether the API server asks an ImagePolicyWebhook, or a policy engine verifies images',
    ),
  ],

  examples: {
    pass: [],
    fail: [],
  },
});

import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const validatingWebhooks = defineControl({
  id: 'C-0036',
  name: 'Validate admission controller (validating)',
  baseScore: 3,
  category: 'Access control',
  why: 'A validating webhook is sent every object that its rules name, Secrets among them, and can refuse any: who controls it can stop the cluster.',
  fix: 'Look at each webhook: who runs it, what it sees, and what happens when it does not answer. Remove what nobody knows, and except the others.',

  checks: [
    {
      rule: 'list-all-validating-webhooks',
      kinds: ['ValidatingWebhookConfiguration'],
      judge: () => [
        {
          message: 'a webhook sees and may refuse what is written: is it meant to?',
          failedPaths: [],
          fixPaths: [],
        },
      ],
    },
  ],

  examples: {
    pass: [],
    fail: [
      {
        yaml: yaml`
          apiVersion: admissionregistration.k8s.io/v1
          kind: ValidatingWebhookConfiguration
          metadata: { name: policy }
          webhooks: []
        `,
        paths: [],
      },
    ],
  },
});

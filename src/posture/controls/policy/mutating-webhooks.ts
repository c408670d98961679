import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const mutatingWebhooks = defineControl({
  id: 'C-0039',
  name: 'Validate admission controller (mutating)',
  baseScore: 4,
  category: 'Access control',
  why: 'A mutating webhook can change every object that is written: add a container, take out a limit. Intruders use one to come back.',
  fix: 'Look at each webhook: who runs it, what it sees, and what happens when it does not answer. Remove what nobody knows, and except the others.',

  checks: [
    {
      rule: 'list-all-mutating-webhooks',
      kinds: ['MutatingWebhookConfiguration'],
      judge: () => [
        {
          message: 'a webhook sees and may change what is written: is it meant to?',
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
          kind: MutatingWebhookConfiguration
          metadata: { name: policy }
          webhooks: []
        `,
        paths: [],
      },
    ],
  },
});

import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const iamAuthenticator = defineControl({
  id: 'C-0232',
  name: 'Manage Kubernetes RBAC users with AWS IAM Authenticator for Kubernetes or Upgrade to AWS CLI v1.16.156',
  baseScore: 7,
  category: 'Access control',
  why: 'Where people log in with the cloud’s identities, rights in the cluster should follow those, or somebody who left keeps theirs.',
  fix: 'Manage users with the AWS IAM Authenticator (in the AWS CLI since 1.16.156), and look at the Role for subjects that are managed elsewhere.',

  checks: [
    {
      rule: 'review-roles-with-aws-iam-authenticator',
      kinds: ['Role'],
      judge: (role) => [
        {
          message:
            'somebody has to look at it: who has this Role, and are they managed with the AWS IAM Authenticator?',
          failedPaths: [],
          fixPaths: [],
          undecided: true,
          external: role,
        },
      ],
    },
  ],

  examples: {
    pass: [],
    fail: [],
    unknown: [
      yaml`
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: reader, namespace: shop }
        rules: [{ apiGroups: [''], resources: [pods], verbs: [get] }]
      `,
    ],
  },
});

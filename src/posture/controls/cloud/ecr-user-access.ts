import { reviewedReport } from '../../cloud-iam.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const ecrUserAccess = defineControl({
  id: 'C-0222',
  name: 'Minimize user access to Amazon ECR',
  baseScore: 6,
  category: 'Access control',
  why: 'Whoever may push to the registry decides what the cluster runs. IAM rights for it tend to be wider than anybody remembers.',
  fix: 'Look through the policies with `ecr:` actions, and take rights to push or delete from all but the pipeline that builds images.',

  checks: [
    reviewedReport(
      'ensure-aws-policies-are-present',
      'PolicyVersion',
      'eks',
      'a person has to look through the IAM policies: who may push images to Amazon ECR, and need they',
    ),
  ],

  examples: {
    pass: [],
    fail: [],
    unknown: [
      yaml`
        apiVersion: eks.amazonaws.com/v1
        kind: PolicyVersion
        metadata: { name: shop, provider: eks }
        data: {}
      `,
    ],
  },
});

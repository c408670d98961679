import { reviewedReport } from '../../cloud-iam.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const gcpRegistryAccess = defineControl({
  id: 'C-0308',
  name: 'Minimize user access to GCP Artifact Registry',
  baseScore: 6,
  category: 'Access control',
  why: 'Whoever may write to the registry decides what the cluster runs. Basic roles such as Editor bring that along.',
  fix: 'Look through the IAM bindings of the repositories and of the project, and leave `roles/artifactregistry.writer` to the pipeline that builds images.',

  checks: [
    reviewedReport(
      'list-iam-policies-in-gcp',
      'ListEntitiesForPolicies',
      'gke',
      'a person has to look through the IAM bindings: who may write to Artifact Registry, and need they',
    ),
  ],

  examples: {
    pass: [],
    fail: [],
    unknown: [
      yaml`
        apiVersion: container.googleapis.com/v1
        kind: ListEntitiesForPolicies
        metadata: { name: shop, provider: gke }
        data: {}
      `,
    ],
  },
});

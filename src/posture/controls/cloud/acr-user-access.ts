import { reviewedReport } from '../../cloud-iam.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const acrUserAccess = defineControl({
  id: 'C-0251',
  name: 'Minimize user access to Azure Container Registry (ACR)',
  baseScore: 6,
  category: 'Access control',
  why: 'Whoever may push to the registry decides what the cluster runs. Roles such as Contributor on a resource group bring that along.',
  fix: 'Look through the role assignments of the registry and of what it is in, and leave AcrPush to the pipeline that builds images.',

  checks: [
    reviewedReport(
      'list-role-definitions-in-acr',
      'ListEntitiesForPolicies',
      'aks',
      'a person has to look through the role assignments: who may push images to the Azure Container Registry, and need they',
    ),
  ],

  examples: {
    pass: [],
    fail: [],
    unknown: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ListEntitiesForPolicies
        metadata: { name: shop, provider: aks }
        data: {}
      `,
    ],
  },
});

import { manualCheck } from '../../checks/manual.ts';
import { defineControl } from '../../control.ts';

export const hostileMultiTenancy = defineControl({
  id: 'C-0242',
  name: 'Hostile multi-tenant workloads',
  baseScore: 5,
  category: 'Workload',
  why: 'Kubernetes is no wall against tenants who mean harm: they share its kernel, its API server and its mistakes.',
  fix: 'Give tenants who do not trust each other clusters of their own; namespaces, policies and sandboxes are for those who make mistakes.',

  checks: [
    manualCheck('rule-hostile-multitenant-workloads', 'whether tenants who may mean harm share this cluster'),
  ],

  examples: {
    pass: [],
    fail: [],
  },
});

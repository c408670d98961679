import { manualCheck } from '../../checks/manual.ts';
import { defineControl } from '../../control.ts';

export const azureAuditLogs = defineControl({
  id: 'C-0254',
  name: 'Enable audit Logs',
  baseScore: 5,
  category: 'Control plane',
  why: 'Without the control plane’s logs nobody can tell afterwards who did what.',
  fix: 'Enable diagnostic settings of the AKS cluster that send `kube-audit` to a Log Analytics workspace, and keep them long enough.',

  checks: [
    manualCheck('rule-manual', 'whether the diagnostic settings of the AKS cluster send audit logs anywhere'),
  ],

  examples: {
    pass: [],
    fail: [],
  },
});

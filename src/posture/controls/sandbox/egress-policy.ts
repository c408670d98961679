import { fieldsOf } from '../../checks/pod-security-policies.ts';
import { sandboxKinds } from '../../checks/sandbox.ts';
import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const egressPolicy = defineControl({
  id: 'C-0301',
  name: 'Agent Sandbox egress policy enforcement',
  baseScore: 7,
  category: 'Workload',
  why: 'Code in an agent’s sandbox that may call any address can send away what it reads and fetch what it is told to run.',
  fix: 'Leave `networkPolicyManagement` at `Managed` and write a `networkPolicy` whose egress rules each name their destinations.',

  checks: [
    {
      rule: 'agent-sandbox-egress-policy',
      kinds: sandboxKinds,
      judge(template) {
        const spec = fieldsOf(template['spec']);
        const management = spec['networkPolicyManagement'] ?? 'Managed';
        if (management !== 'Managed')
          return [breach('nothing manages the network policy of sandboxes', 'spec.networkPolicyManagement')];
        const problem = problemOf(spec['networkPolicy']);
        return problem === undefined ? [] : [problem];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: extensions.agents.x-k8s.io/v1alpha1
        kind: SandboxTemplate
        metadata: { name: python, namespace: agents }
        spec: { networkPolicy: { egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }] } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: extensions.agents.x-k8s.io/v1alpha1
          kind: SandboxTemplate
          metadata: { name: python, namespace: agents }
          spec: {}
        `,
        paths: ['spec.networkPolicy'],
      },
      {
        yaml: yaml`
          apiVersion: extensions.agents.x-k8s.io/v1alpha1
          kind: SandboxTemplate
          metadata: { name: python, namespace: agents }
          spec: { networkPolicyManagement: Unmanaged }
        `,
        paths: ['spec.networkPolicyManagement'],
      },
      {
        yaml: yaml`
          apiVersion: extensions.agents.x-k8s.io/v1alpha1
          kind: SandboxTemplate
          metadata: { name: python, namespace: agents }
          spec: { networkPolicy: { egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }] } }
        `,
        paths: ['spec.networkPolicy.egress'],
      },
    ],
  },
});

function problemOf(policy: unknown): Breach | undefined {
  const path = 'spec.networkPolicy';
  if (policy === undefined || policy === null)
    return breach('sandboxes may call any address of the internet', path);
  if (typeof policy !== 'object' || Array.isArray(policy)) return breach('the network policy is none', path);
  const egress = fieldsOf(policy)['egress'] ?? [];
  if (!Array.isArray(egress)) return breach('the egress rules are none', `${path}.egress`);
  if (egress.every(isScoped)) return undefined;
  return breach('an egress rule lets sandboxes call any address', `${path}.egress`);
}

/** Every destination is a part of the world: some addresses, or what some labels select. */
function isScoped(rule: unknown): boolean {
  const to = fieldsOf(rule)['to'];
  return Array.isArray(to) && to.length > 0 && to.every(isPart);
}

function isPart(peer: unknown): boolean {
  const { ipBlock, podSelector, namespaceSelector } = fieldsOf(peer);
  const { cidr } = fieldsOf(ipBlock);
  const isBlock = typeof cidr === 'string' && cidr !== '' && !/\/0+$/.test(cidr);
  return isBlock || [podSelector, namespaceSelector].some(isNarrow);
}

function isNarrow(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  return (
    (!Array.isArray(matchLabels) && Object.keys(fieldsOf(matchLabels)).length > 0) ||
    (Array.isArray(matchExpressions) && matchExpressions.length > 0)
  );
}

function breach(message: string, path: string): Breach {
  return { message, failedPaths: [path], fixPaths: [] };
}

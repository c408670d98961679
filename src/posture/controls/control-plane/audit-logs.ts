import { cloudConfigOf, dig } from '../../cloud.ts';
import { flagOf } from '../../component-flags.ts';
import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck } from '../../flag-checks.ts';
import { itemsOf } from '../../pod-spec.ts';

export const auditLogs = defineControl({
  id: 'C-0067',
  name: 'Audit logs enabled',
  baseScore: 5,
  category: 'Control plane',
  why: 'Without the API server’s audit log nobody can tell afterwards who changed what, nor notice an intruder at work.',
  fix: 'Write an audit policy and name it with `--audit-policy-file`, with `--audit-log-path` or a webhook to receive the events. On a managed cluster switch on all control plane logs.',

  checks: [
    {
      rule: 'k8s-audit-logs-enabled-cloud',
      kinds: ['ClusterDescribe'],
      needs: ['ClusterDescribe'],
      alternative: true,
      applies: (object) => cloudConfigOf(object) !== undefined,
      unreadable: (object) =>
        cloudConfigOf(object)?.provider === 'aks'
          ? 'data: the description of an AKS cluster does not say whether its diagnostic settings send audit logs'
          : undefined,
      judge(object) {
        const cloud = cloudConfigOf(object);
        if (cloud?.provider === 'gke' && !isLoggedByGke(cloud.data)) return [{ ...breach, external: object }];
        if (cloud?.provider === 'eks' && !isLoggedByEks(cloud.data)) {
          return [{ ...breach, fixCommand: enableOnEks, external: object }];
        }
        return [];
      },
    },
    flagCheck({
      rule: 'k8s-audit-logs-enabled-native',
      component: 'kube-apiserver',
      judge: (server) =>
        flagOf(server, 'audit-policy-file') === undefined
          ? {
              message: 'the API server writes no audit log: it has no --audit-policy-file',
              failed: [server.list.path],
            }
          : undefined,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, --audit-policy-file=/etc/kubernetes/audit.yaml]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --secure-port=6443]
        `,
        paths: ['spec.containers[0].command'],
      },
      {
        yaml: yaml`
          apiVersion: eks.amazonaws.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: eks }
          data:
            Cluster:
              Logging: { ClusterLogging: [{ Enabled: true, Types: [api, scheduler] }] }
        `,
        paths: [],
      },
    ],
  },
});

const breach: Breach = { message: 'the control plane’s audit logs are off', failedPaths: [], fixPaths: [] };

/** No enabled component means no logs at all. Source: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#LoggingComponentConfig */
function isLoggedByGke(data: unknown): boolean {
  const components = dig(data, 'logging_config', 'component_config', 'enable_components');
  return Array.isArray(components) && components.length > 0;
}

/** Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_LogSetup.html */
const eksLogTypes = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

const enableOnEks =
  "aws eks update-cluster-config --region '${REGION_CODE}' --name '${CLUSTER_NAME}' --logging '{'clusterLogging':[{'types':['api','audit','authenticator','controllerManager','scheduler'],'enabled':true}]}'";

function isLoggedByEks(data: unknown): boolean {
  const setups = itemsOf(dig(data, 'Cluster', 'Logging', 'ClusterLogging') as readonly object[] | undefined);
  const enabled = setups
    .filter(({ item }) => dig(item, 'Enabled') === true)
    .flatMap(({ item }) => dig(item, 'Types') ?? []);
  return eksLogTypes.every((type) => enabled.includes(type));
}

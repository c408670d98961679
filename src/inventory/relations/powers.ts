import type { Action } from './permissions.ts';

/** What a power lets somebody become or touch; decides which other subjects it leads to. */
export type Leads =
  /** Everything: the API server as a whole. */
  | 'cluster'
  /** Any service account of the namespaces, by pods made to run as it. */
  | 'accounts-by-pods'
  /** Service accounts that pods run as which are there already. */
  | 'accounts-of-pods'
  /** The service accounts named, or any of the namespaces. */
  | 'accounts'
  | 'users'
  | 'groups'
  /** Nobody else, but worth knowing. */
  | 'none';

/** Something that RBAC allows and that is worth more than it looks. */
export interface Power {
  readonly id: string;
  /** For people, after the subject: `may read Secrets`. */
  readonly title: string;
  /** Why that matters. */
  readonly why: string;
  readonly weight: 1 | 2 | 3;
  /** Any one of them is enough. */
  readonly actions: readonly Action[];
  readonly leads: Leads;
  /** Only when it holds in every namespace, or for what is in none. */
  readonly clusterWide?: true;
}

const rbac = 'rbac.authorization.k8s.io';
const workloads: readonly (readonly [group: string, resource: string])[] = [
  ['', 'pods'],
  ['', 'replicationcontrollers'],
  ['apps', 'deployments'],
  ['apps', 'daemonsets'],
  ['apps', 'statefulsets'],
  ['apps', 'replicasets'],
  ['batch', 'jobs'],
  ['batch', 'cronjobs'],
];

function all(verbs: readonly string[], group: string, ...resources: readonly string[]): readonly Action[] {
  return resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource })));
}

/**
 * What lets somebody go beyond what their roles say, the worst first.
 *
 * Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
 */
export const powers: readonly Power[] = [
  {
    id: 'everything',
    title: 'may do everything',
    why: 'Every verb on every resource of the whole cluster.',
    weight: 3,
    actions: [{ verb: '*', group: '*', resource: '*' }],
    leads: 'cluster',
    clusterWide: true,
  },
  {
    id: 'impersonate-groups',
    title: 'may act as any group',
    why: 'Who acts as the group system:masters may do everything.',
    weight: 3,
    actions: all(['impersonate'], '', 'groups'),
    leads: 'groups',
    clusterWide: true,
  },
  {
    id: 'impersonate-users',
    title: 'may act as other users',
    why: 'Whatever those may do is then allowed.',
    weight: 3,
    actions: all(['impersonate'], '', 'users'),
    leads: 'users',
    clusterWide: true,
  },
  {
    id: 'impersonate-accounts',
    title: 'may act as service accounts',
    why: 'Whatever those may do is then allowed.',
    weight: 3,
    actions: all(['impersonate'], '', 'serviceaccounts'),
    leads: 'accounts',
  },
  {
    id: 'escalate',
    title: 'may give roles more than it has itself',
    why: 'The verbs escalate and bind switch off the check that nobody gives what they do not have.',
    weight: 3,
    actions: [
      ...all(['escalate', 'bind'], rbac, 'clusterroles'),
      ...all(['escalate', 'bind'], rbac, 'roles'),
    ],
    leads: 'cluster',
    clusterWide: true,
  },
  {
    id: 'webhooks',
    title: 'may put itself between the API server and every object',
    why: 'An admission webhook sees each object that is written, Secrets too, and may change it.',
    weight: 3,
    actions: all(
      ['create', 'update', 'patch'],
      'admissionregistration.k8s.io',
      'mutatingwebhookconfigurations',
      'validatingwebhookconfigurations',
    ),
    leads: 'cluster',
    clusterWide: true,
  },
  {
    id: 'certificates',
    title: 'may approve certificates',
    why: 'Whoever approves a request for a client certificate makes a user of any name.',
    weight: 3,
    actions: all(['update', 'patch'], 'certificates.k8s.io', 'certificatesigningrequests/approval'),
    leads: 'users',
    clusterWide: true,
  },
  {
    id: 'nodes-proxy',
    title: 'may ask the kubelets directly',
    why: 'Through nodes/proxy commands can be run in every container, past audit and admission.',
    weight: 3,
    actions: all(['get', 'create'], '', 'nodes/proxy'),
    leads: 'accounts-of-pods',
    clusterWide: true,
  },
  {
    id: 'tokens',
    title: 'may make tokens of service accounts',
    why: 'A token of a service account is all that it takes to act as it.',
    weight: 3,
    actions: all(['create'], '', 'serviceaccounts/token'),
    leads: 'accounts',
  },
  {
    id: 'create-workloads',
    title: 'may make workloads',
    why: 'A pod may run as any service account of its namespace and mount any Secret there.',
    weight: 2,
    actions: workloads.flatMap(([group, resource]) => all(['create', 'update', 'patch'], group, resource)),
    leads: 'accounts-by-pods',
  },
  {
    id: 'exec',
    title: 'may run commands in containers',
    why: 'What runs in a container has the token and the Secrets of its pod.',
    weight: 2,
    actions: [
      ...all(['create', 'get'], '', 'pods/exec', 'pods/attach'),
      ...all(['update', 'patch'], '', 'pods/ephemeralcontainers'),
    ],
    leads: 'accounts-of-pods',
  },
  {
    id: 'secrets',
    title: 'may read Secrets',
    why: 'Passwords, keys and tokens; list and watch show the values as get does.',
    weight: 2,
    actions: all(['get', 'list', 'watch'], '', 'secrets'),
    leads: 'none',
  },
  {
    id: 'volumes',
    title: 'may make persistent volumes',
    why: 'A persistent volume may be a folder of the node, so that its files can be read and changed.',
    weight: 2,
    actions: all(['create'], '', 'persistentvolumes'),
    leads: 'none',
    clusterWide: true,
  },
  {
    id: 'policies',
    title: 'may change network policies',
    why: 'What keeps pods apart can be taken away.',
    weight: 1,
    actions: all(['create', 'update', 'patch', 'delete'], 'networking.k8s.io', 'networkpolicies'),
    leads: 'none',
  },
  {
    id: 'delete-events',
    title: 'may delete events',
    why: 'Traces of what was done can be taken away.',
    weight: 1,
    actions: all(['delete', 'deletecollection'], '', 'events'),
    leads: 'none',
  },
];

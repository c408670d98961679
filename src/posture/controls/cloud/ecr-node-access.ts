import type { KubeObject } from '../../../model/object.ts';
import { dig } from '../../cloud.ts';
import { isCloudReport } from '../../cloud-iam.ts';
import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const ecrNodeAccess = defineControl({
  id: 'C-0223',
  name: 'Minimize cluster access to read-only for Amazon ECR',
  baseScore: 6,
  category: 'Access control',
  why: 'A node that may write to the registry lets whoever takes it over put code of their own into the images that all others run.',
  fix: 'Give the nodes’ instance role a policy with ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and ecr:GetAuthorizationToken, and nothing else of ECR.',

  checks: [
    {
      rule: 'ensure_nodeinstancerole_has_right_permissions_for_ecr',
      kinds: ['ListEntitiesForPolicies'],
      needs: ['ListEntitiesForPolicies', 'PolicyVersion'],
      applies: (report) => isCloudReport(report, 'ListEntitiesForPolicies', 'eks'),
      unreadable(report, { view }) {
        const gap = unreadableRoles(report);
        if (gap !== undefined) return gap;
        const documents = documentsIn(view);
        const unknown = nodePolicies(report).find((name) => documents.get(name) === undefined);
        return unknown === undefined ? undefined : `the document of the policy ${unknown} is not reported`;
      },
      judge(report, { view }) {
        const documents = documentsIn(view);
        const broad = nodePolicies(report).filter((name) => {
          const document = documents.get(name);
          return document !== undefined && !isReadOnly(document);
        });
        if (broad.length === 0) return [];
        return [
          {
            message: `the nodes’ role has more rights than to read from ECR, by ${broad.join(', ')}`,
            failedPaths: [],
            fixPaths: [],
            shown: broad.map((name) => ({ path: `data.rolesPolicies[${JSON.stringify(name)}]` })),
            external: report,
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: eks.amazonaws.com/v1
        kind: ListEntitiesForPolicies
        metadata: { name: shop, provider: eks }
        data: { rolesPolicies: { 'arn:aws:iam::1:policy/pull': { PolicyRoles: [{ RoleName: shop-NodeInstanceRole }] } } }
        ---
        apiVersion: eks.amazonaws.com/v1
        kind: PolicyVersion
        metadata: { name: shop, provider: eks }
        data:
          policiesDocuments:
            'arn:aws:iam::1:policy/pull':
              Statement: [{ Effect: Allow, Action: ['ecr:BatchGetImage', 'ecr:GetAuthorizationToken'], Resource: '*' }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: eks.amazonaws.com/v1
          kind: ListEntitiesForPolicies
          metadata: { name: shop, provider: eks }
          data: { rolesPolicies: { 'arn:aws:iam::1:policy/push': { PolicyRoles: [{ RoleName: shop-NodeInstanceRole }] } } }
          ---
          apiVersion: eks.amazonaws.com/v1
          kind: PolicyVersion
          metadata: { name: shop, provider: eks }
          data:
            policiesDocuments:
              'arn:aws:iam::1:policy/push': { Statement: [{ Effect: Allow, Action: 'ecr:*', Resource: '*' }] }
        `,
        paths: [],
      },
    ],
  },
});

/** Source: CIS Amazon EKS, 5.1.3. */
const readOnly: ReadonlySet<unknown> = new Set([
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetAuthorizationToken',
  'ecr:GetDownloadUrlForLayer',
]);

/** Why it cannot be read which roles have a policy. */
function unreadableRoles(report: KubeObject): string | undefined {
  const policies = dig(report['data'], 'rolesPolicies');
  if (typeof policies !== 'object' || policies === null || Array.isArray(policies)) {
    return 'data.rolesPolicies is not reported, or is no mapping';
  }
  for (const [name, policy] of Object.entries(policies)) {
    const roles = dig(policy, 'PolicyRoles');
    if (!Array.isArray(roles)) return `data.rolesPolicies[${JSON.stringify(name)}].PolicyRoles is no list`;
    if (roles.some((role: unknown) => typeof dig(role, 'RoleName') !== 'string')) {
      return `data.rolesPolicies[${JSON.stringify(name)}].PolicyRoles has a role without a name`;
    }
  }
  return undefined;
}

/** Policies of the role that nodes run with, which EKS names so. */
function nodePolicies(report: KubeObject): string[] {
  const policies = dig(report['data'], 'rolesPolicies');
  if (typeof policies !== 'object' || policies === null) return [];
  return Object.entries(policies).flatMap(([name, policy]) => {
    const roles = itemsOf(dig(policy, 'PolicyRoles') as readonly object[] | undefined);
    return roles.some(({ item }) => String(dig(item, 'RoleName')).includes('NodeInstance')) ? [name] : [];
  });
}

function documentsIn(view: ClusterView): Map<string, unknown> {
  const reports = view.list('PolicyVersion').filter((one) => isCloudReport(one, 'PolicyVersion', 'eks'));
  return new Map(
    reports.flatMap((report) => {
      const documents = dig(report['data'], 'policiesDocuments');
      return typeof documents === 'object' && documents !== null ? Object.entries(documents) : [];
    }),
  );
}

function isReadOnly(document: unknown): boolean {
  const statements = dig(document, 'Statement');
  const list = Array.isArray(statements) ? statements : [statements];
  return list.every((statement: unknown) => {
    if (dig(statement, 'Effect') === 'Deny') return true;
    const actions = dig(statement, 'Action');
    const all = Array.isArray(actions) ? actions : [actions];
    return all.length > 0 && all.every((action: unknown) => readOnly.has(action));
  });
}

import type { KubeObject } from '../../../model/object.ts';
import { dig } from '../../cloud.ts';
import { isCloudReport } from '../../cloud-iam.ts';
import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const acrServicePrincipals = defineControl({
  id: 'C-0250',
  name: 'Minimize cluster access to read-only for Azure Container Registry (ACR)',
  baseScore: 6,
  category: 'Access control',
  why: 'A cluster that may write to the registry lets whoever takes it over put code of their own into the images that all others run.',
  fix: 'Give the cluster’s service principals the role AcrPull for the registry, and take wider roles such as Contributor from them.',

  checks: [
    {
      rule: 'ensure-service-principle-has-read-only-permissions',
      kinds: ['ListEntitiesForPolicies'],
      needs: ['ListEntitiesForPolicies', 'PolicyVersion'],
      applies: (report) => isCloudReport(report, 'ListEntitiesForPolicies', 'aks'),
      unreadable(report, { view }) {
        const list = dig(report['data'], 'roleAssignments');
        if (!Array.isArray(list)) return 'data.roleAssignments is not reported, or is no list';
        const nameless = list.findIndex(
          (item: unknown) => typeof dig(item, 'properties', 'principalType') !== 'string',
        );
        if (nameless >= 0)
          return `data.roleAssignments[${nameless}].properties.principalType is not reported`;
        const definitions = definitionsIn(view);
        for (const { item, index } of assignmentsOf(report)) {
          const role = definitions.get(dig(item, 'properties', 'roleDefinitionId'));
          if (role === undefined) return `the role of data.roleAssignments[${index}] is not reported`;
          if (!isReadable(role))
            return `the actions of the role of data.roleAssignments[${index}] cannot be read`;
        }
        return undefined;
      },
      judge(report, { view }) {
        const definitions = definitionsIn(view);
        const broad = assignmentsOf(report).filter(({ item }) => {
          const role = definitions.get(dig(item, 'properties', 'roleDefinitionId'));
          return role !== undefined && actionsOf(role).some((action) => !action.endsWith('read'));
        });
        if (broad.length === 0) return [];
        return [
          {
            message: 'a service principal has rights beyond reading',
            failedPaths: [],
            fixPaths: [],
            shown: broad.map(({ item, index }) => ({
              path: `data.roleAssignments[${index}].properties.roleDefinitionId`,
              value: dig(item, 'properties', 'roleDefinitionId'),
            })),
            external: report,
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ListEntitiesForPolicies
        metadata: { name: shop, provider: aks }
        data: { roleAssignments: [{ properties: { principalType: ServicePrincipal, roleDefinitionId: /pull } }] }
        ---
        apiVersion: management.azure.com/v1
        kind: PolicyVersion
        metadata: { name: shop, provider: aks }
        data:
          roleDefinitions:
            - id: /pull
              properties: { permissions: [{ actions: [Microsoft.ContainerRegistry/registries/pull/read] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: management.azure.com/v1
          kind: ListEntitiesForPolicies
          metadata: { name: shop, provider: aks }
          data: { roleAssignments: [{ properties: { principalType: ServicePrincipal, roleDefinitionId: /push } }] }
          ---
          apiVersion: management.azure.com/v1
          kind: PolicyVersion
          metadata: { name: shop, provider: aks }
          data:
            roleDefinitions:
              - id: /push
                properties: { permissions: [{ actions: [Microsoft.ContainerRegistry/registries/push/write] }] }
        `,
        paths: [],
      },
    ],
  },
});

function assignmentsOf(report: KubeObject): { item: object; index: number }[] {
  const list = itemsOf(dig(report['data'], 'roleAssignments') as readonly object[] | undefined);
  return list.filter(({ item }) => dig(item, 'properties', 'principalType') === 'ServicePrincipal');
}

/** Roles by their id. */
function definitionsIn(view: ClusterView): Map<unknown, object> {
  return new Map(
    view
      .list('PolicyVersion')
      .filter((one) => isCloudReport(one, 'PolicyVersion', 'aks'))
      .flatMap((one) => itemsOf(dig(one['data'], 'roleDefinitions') as readonly object[] | undefined))
      .map(({ item }) => [dig(item, 'id'), item]),
  );
}

function isReadable(role: object): boolean {
  const permissions = dig(role, 'properties', 'permissions');
  return (
    Array.isArray(permissions) &&
    permissions.every((permission: unknown) => {
      const actions = dig(permission, 'actions');
      return Array.isArray(actions) && actions.every((action) => typeof action === 'string');
    })
  );
}

function actionsOf(role: object): string[] {
  const permissions = itemsOf(dig(role, 'properties', 'permissions') as readonly object[] | undefined);
  return permissions.flatMap(({ item }) => {
    const actions = dig(item, 'actions');
    return Array.isArray(actions) ? actions.filter((action) => typeof action === 'string') : [];
  });
}

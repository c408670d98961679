import { defineControl, type FixPath } from '../../control.ts';
import { yaml } from '../../example.ts';
import { type ContainerPlace, containersOf, everyContainer, workloadKinds } from '../../pod-spec.ts';

export const nonRootContainers = defineControl({
  id: 'C-0013',
  name: 'Non-root containers',
  baseScore: 6,
  category: 'Workload',
  why: 'A process that is root in the container is root on the node as soon as it gets out, and on the way there it may change every file of the image.',
  fix: 'Set `runAsNonRoot: true`, or a `runAsUser` other than 0, and a `runAsGroup` other than 0, for the pod or each container; build the image so that it runs as that user.',

  checks: [
    {
      rule: 'non-root-containers',
      kinds: workloadKinds,
      judge(object) {
        return containersOf(object, everyContainer).flatMap((place) => {
          const user = userFix(place);
          const group = groupFix(place);
          if (user === undefined && group === undefined) return [];
          const what = user === undefined ? 'with the group root' : 'as root';
          const fixes = [user, group].filter((fix) => fix !== undefined);
          return [
            {
              message: `${place.label} may run ${what}`,
              reviewPaths: [],
              failedPaths: [],
              // An ephemeral container cannot be changed once it is there.
              fixPaths: place.list === 'ephemeralContainers' ? [] : fixes,
            },
          ];
        });
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec:
          securityContext: { runAsNonRoot: true, runAsGroup: 1000 }
          containers: [{ name: web }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec: { containers: [{ name: web }] }
        `,
        paths: [
          'spec.containers[0].securityContext.runAsNonRoot',
          'spec.containers[0].securityContext.runAsGroup',
        ],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec:
            securityContext: { runAsUser: 0, runAsGroup: 1000 }
            containers: [{ name: web }]
        `,
        paths: ['spec.securityContext.runAsUser'],
      },
    ],
  },
});

/** What the container says goes before what the pod says; a user that is not named may be root unless root is forbidden. */
function userFix(place: ContainerPlace): FixPath | undefined {
  if (settingOf(place, 'runAsNonRoot')?.value === true) return undefined;
  const user = settingOf(place, 'runAsUser');
  if (user === undefined) return { path: `${place.path}.securityContext.runAsNonRoot`, value: 'true' };
  return user.value === 0 ? { path: user.path, value: '1000' } : undefined;
}

function groupFix(place: ContainerPlace): FixPath | undefined {
  const group = settingOf(place, 'runAsGroup');
  if (group === undefined) return { path: `${place.path}.securityContext.runAsGroup`, value: '1000' };
  return group.value === 0 ? { path: group.path, value: '1000' } : undefined;
}

function settingOf(
  { container, path, pod }: ContainerPlace,
  field: 'runAsNonRoot' | 'runAsUser' | 'runAsGroup',
): { readonly value: boolean | number; readonly path: string } | undefined {
  const own = container.securityContext?.[field];
  if (own !== undefined && own !== null) return { value: own, path: `${path}.securityContext.${field}` };
  const shared = pod.spec.securityContext?.[field];
  if (shared === undefined || shared === null) return undefined;
  return { value: shared, path: `${pod.path}.securityContext.${field}` };
}

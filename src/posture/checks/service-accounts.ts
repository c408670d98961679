import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check, ClusterView } from '../control.ts';
import { listIndexed, subjectKey } from '../index-keys.ts';
import { getIn, namespaceOf } from '../namespaces.ts';
import { type PodTemplate, podOf, workloadKinds } from '../pod-spec.ts';
import { roleOf, subjectsOf } from '../rbac.ts';

/** The ServiceAccount that the pods of a workload run as, where the cluster has it. */
export function serviceAccountOf(
  object: KubeObject,
  pod: PodTemplate,
  view: ClusterView,
): KubeObject | undefined {
  const { serviceAccountName, serviceAccount } = pod.spec;
  return getIn(
    view,
    'ServiceAccount',
    namespaceOf(object),
    serviceAccountName || serviceAccount || 'default',
  );
}

/** Whether pods get the account's token: what the pod says goes before what the account says, and yes is the default. */
export function isTokenMounted(pod: PodTemplate, account: KubeObject): boolean {
  return (pod.spec.automountServiceAccountToken ?? account['automountServiceAccountToken']) !== false;
}

/** Bindings of both kinds that name the subject. */
export function bindingsOf(view: ClusterView, key: string): readonly KubeObject[] {
  return ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) => listIndexed(view, kind, key));
}

export function accountKey(account: KubeObject): string {
  return subjectKey('ServiceAccount', namespaceOf(account), account.metadata.name);
}

/** A check that the account whose token a workload's pods get is bound to no role of a sort. */
export function boundRoleCheck(options: {
  readonly rule: string;
  isWrong(role: KubeObject): boolean;
  /** What the pods may do by it, for people. */
  readonly means: string;
  /** The role reference is to be looked at too. */
  readonly reviewsRole?: true;
}): Check {
  return {
    rule: options.rule,
    kinds: workloadKinds,
    judge(object, { view }) {
      const pod = podOf(object);
      const account = pod === undefined ? undefined : serviceAccountOf(object, pod, view);
      if (pod === undefined || account === undefined || !isTokenMounted(pod, account)) return [];
      return bindingsOf(view, accountKey(account)).flatMap((binding) => {
        const role = roleOf(binding, view);
        if (role === undefined || !options.isWrong(role)) return [];
        return ownSubjects(binding, account).map((index): Breach => {
          const review = options.reviewsRole === true ? { reviewPaths: ['roleRef'] } : {};
          return {
            message: `its pods ${options.means}: ${binding.kind} ${binding.metadata.name} gives ${role.kind} ${role.metadata.name} to ServiceAccount ${account.metadata.name}, whose token they mount`,
            related: [account, binding, role],
            relatedPlaces: [{}, { ...review, deletePaths: [`subjects[${index}]`] }, {}],
          };
        });
      });
    },
  };
}

function ownSubjects(binding: KubeObject, account: KubeObject): number[] {
  return subjectsOf(binding)
    .filter(
      ({ item: { kind, name, namespace } }) =>
        kind === 'ServiceAccount' && name === account.metadata.name && namespace === namespaceOf(account),
    )
    .map(({ index }) => index);
}

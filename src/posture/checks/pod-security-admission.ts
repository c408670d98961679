import type { KubeObject } from '../../model/object.ts';
import type { Breach, Check, ClusterView } from '../control.ts';
import { itemsOf } from '../pod-spec.ts';

/** The label that makes the API server refuse pods. Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
const label = 'pod-security.kubernetes.io/enforce';

const webhookKinds = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

/** Two rules of Kubescape that ask the same. */
export const baselineChecks: readonly Check[] = [
  levelCheck('pod-security-admission-baseline-applied-1', ['baseline', 'restricted']),
  levelCheck('pod-security-admission-baseline-applied-2', ['baseline', 'restricted']),
];

export const restrictedChecks: readonly Check[] = [
  levelCheck('pod-security-admission-restricted-applied-1', ['restricted']),
  levelCheck('pod-security-admission-restricted-applied-2', ['restricted']),
];

/** Any level will do, and so will webhooks that judge what is in namespaces. */
export const appliedChecks: readonly Check[] = [
  appliedCheck('pod-security-admission-applied-1'),
  appliedCheck('pod-security-admission-applied-2'),
];

function levelCheck(rule: string, levels: readonly string[]): Check {
  return {
    rule,
    kinds: ['Namespace'],
    judge(namespace) {
      const enforced = labelsOf(namespace)[label];
      if (typeof enforced === 'string' && levels.includes(enforced)) return [];
      return [breach(`pods are not held to the Pod Security Standard ${levels[0]}`, levels[0] ?? '')];
    },
  };
}

function appliedCheck(rule: string): Check {
  return {
    rule,
    kinds: ['Namespace'],
    asks: webhookKinds,
    judge(namespace, { view }) {
      if (Object.keys(labelsOf(namespace)).some((key) => key.startsWith(label)) || hasWebhook(view))
        return [];
      return [breach('nothing limits what pods may do here', 'YOUR_VALUE')];
    },
  };
}

function breach(message: string, value: string): Breach {
  return { message, failedPaths: [], fixPaths: [{ path: `metadata.labels[${label}]`, value }] };
}

function labelsOf(object: KubeObject): Readonly<Record<string, unknown>> {
  return object.metadata?.labels ?? {};
}

/** A webhook with a rule for objects in namespaces may be a policy engine. */
function hasWebhook(view: ClusterView): boolean {
  return webhookKinds.some((kind) =>
    view
      .list(kind)
      .some((configuration) =>
        itemsOf(configuration['webhooks'] as readonly { rules?: readonly { scope?: string }[] }[]).some(
          ({ item }) => itemsOf(item.rules).some(({ item: { scope } }) => scope !== 'Cluster'),
        ),
      ),
  );
}

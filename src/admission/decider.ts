import type { Clock } from '../kit/clock.ts';
import { groupOf, type KubeObject, type ObjectRef } from '../model/object.ts';
import { severities, type Verdict } from '../model/verdict.ts';
import { workloadOwnerOf } from '../posture/engine-plan.ts';
import type { Breach, Decision, Outcome } from './decision.ts';
import { fixOf } from './messages.ts';
import type { AdmissionPolicy, Ruling } from './policy.ts';
import type { AdmissionRequest } from './review.ts';
import { type Action, type AdmissionSettings, actions } from './settings.ts';

/** What is asked of the engine and the inventory. */
export interface Judge {
  /** What of an object would fail, be excepted, or could not be told. Secrets' values must not come out of it. */
  judge(
    object: KubeObject,
    isAsked: (controlId: string) => boolean,
    hasTime: () => boolean,
  ): readonly Verdict[];
  /** Undefined where the namespace is not known. */
  labelsOf(namespace: string): Readonly<Record<string, string>> | undefined;
  control(
    id: string,
  ): { readonly name: string; readonly severity: Breach['severity']; readonly fix: string } | undefined;
}

export interface DeciderOptions {
  readonly clock: Clock;
  readonly judge: Judge;
  readonly policy: () => AdmissionPolicy;
  readonly settings: Pick<AdmissionSettings, 'budget' | 'existing' | 'owned_pods'>;
  /** Namespaces that are never judged. */
  readonly exempt: ReadonlySet<string>;
}

/** Controllers of Kubernetes itself, which make pods of workloads that were judged. */
const controller = /^system:(?:kube-controller-manager|serviceaccount:kube-system:[a-z-]+-controller)$/;

/** Subresources by which what controls judge can change; the others (`scale`, `status`, `exec`) have nothing to judge. */
const judgedSubresources: ReadonlySet<string> = new Set(['', 'ephemeralcontainers', 'resize']);

/** Says of requests what is to become of them. Keeps nothing. */
export class Decider {
  readonly #options: DeciderOptions;

  constructor(options: DeciderOptions) {
    this.#options = options;
  }

  decide(request: AdmissionRequest): Decision {
    const startedMs = performance.now();
    const skipped = this.#skips(request);
    const breaches = skipped === '' ? this.#breachesOf(request) : [];
    return {
      atMs: this.#options.clock.now(),
      tookMs: performance.now() - startedMs,
      uid: request.uid,
      outcome: outcomeOf(breaches),
      skipped,
      operation: request.operation,
      object: refOf(request),
      user: request.user,
      dryRun: request.dryRun,
      breaches,
    };
  }

  #skips({ operation, subResource, namespace, user, object }: AdmissionRequest): Decision['skipped'] {
    if (object === undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return 'delete';
    if (!judgedSubresources.has(subResource)) return 'subresource';
    if (this.#options.exempt.has(namespace)) return 'exempt';
    // Only finalizers are left to be dealt with; nobody should be kept from that.
    if (object.metadata['deletionTimestamp'] !== undefined) return 'going';
    const isOwned = workloadOwnerOf(object) !== undefined && controller.test(user);
    return isOwned && this.#options.settings.owned_pods === 'skip' ? 'owned' : '';
  }

  #breachesOf({ object, oldObject, operation, namespace }: AdmissionRequest): readonly Breach[] {
    if (object === undefined) return [];
    const { policy, judge, settings } = this.#options;
    const labels = namespace === '' ? undefined : labelsAt(object, namespace, judge);
    const rulings = policy().at({ namespace, labels });
    const found = this.#judged(object, rulings);
    const isDenied = found.some(({ action }) => action === 'deny');
    if (!isDenied || operation !== 'UPDATE' || oldObject === undefined || settings.existing === 'deny')
      return found.sort(byAction);
    const before = new Set(this.#judged(oldObject, rulings).map(identityOf));
    return found
      .map((breach): Breach => {
        const isOld = breach.action === 'deny' && before.has(identityOf(breach));
        return isOld ? { ...breach, action: 'warn', existing: true } : breach;
      })
      .sort(byAction);
  }

  #judged(object: KubeObject, rulings: ReadonlyMap<string, Ruling>): Breach[] {
    if (rulings.size === 0) return [];
    const { judge, settings } = this.#options;
    const untilMs = performance.now() + settings.budget;
    const verdicts = judge.judge(
      object,
      (id) => rulings.has(id),
      () => performance.now() < untilMs,
    );
    return verdicts.flatMap((verdict) => this.#breachesIn(verdict, rulings.get(verdict.controlId)));
  }

  #breachesIn(verdict: Verdict, ruling: Ruling | undefined): Breach[] {
    const { controlId, state, reason = '', evidence } = verdict;
    const action = actionOf(verdict, ruling);
    if (ruling === undefined || action === 'ignore') return [];
    if (state !== 'fail' && state !== 'unknown' && state !== 'excepted') return [];
    const control = this.#options.judge.control(controlId);
    const common = {
      controlId,
      control: control?.name ?? '',
      severity: control?.severity ?? 'unknown',
      ...{ state, rule: ruling.rule, action },
    } as const;
    if (state !== 'fail') return [{ ...common, path: '', stablePath: '', message: reason, fix: '' }];
    return evidence.map((one) => ({
      ...common,
      path: one.path,
      stablePath: one.stablePath,
      message: one.message,
      fix: fixOf(one, control?.fix ?? ''),
    }));
  }
}

/** Of what is excepted there is nothing to tell but to the audit log. */
function actionOf({ state }: Verdict, ruling: Ruling | undefined): Action {
  if (ruling === undefined) return 'ignore';
  if (state === 'fail') return ruling.action;
  if (state === 'unknown') return ruling.onUnknown;
  return ruling.action === 'ignore' ? 'ignore' : 'audit';
}

export function outcomeOf(breaches: readonly Breach[]): Outcome {
  if (breaches.some(({ action }) => action === 'deny')) return 'denied';
  return breaches.some(({ action }) => action === 'warn') ? 'warned' : 'allowed';
}

/** A Namespace says its labels itself: it may not be there yet, or be about to get others. */
function labelsAt(object: KubeObject, namespace: string, judge: Judge) {
  if (object.kind === 'Namespace' && groupOf(object.apiVersion) === '') return object.metadata.labels ?? {};
  return judge.labelsOf(namespace);
}

function refOf({ kind, object, oldObject, name, namespace }: AdmissionRequest): ObjectRef {
  const own = object ?? oldObject;
  return {
    group: kind.group,
    kind: kind.kind,
    namespace: kind.kind === 'Namespace' ? '' : namespace,
    name: own?.metadata.name ?? name,
  };
}

function identityOf({ controlId, stablePath, state }: Breach): string {
  return `${controlId}\n${state}\n${stablePath}`;
}

function byAction(a: Breach, b: Breach): number {
  return (
    actions.indexOf(a.action) - actions.indexOf(b.action) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity)
  );
}

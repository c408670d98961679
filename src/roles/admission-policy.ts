import type { Judge } from '../admission/decider.ts';
import { AdmissionPolicy } from '../admission/policy.ts';
import type { AdmissionRuleSettings } from '../admission/settings.ts';
import type { WebhookResource } from '../admission/webhook-configuration.ts';
import { kindsFor } from '../inventory/cluster/kinds.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { pluralOf } from '../inventory/permissions/watch-permissions.ts';
import { BadInputError } from '../kit/app-error.ts';
import { liveIndex } from '../kit/live-index.ts';
import { didYouMean } from '../kit/nearest.ts';
import { severityOf } from '../model/verdict.ts';
import type { PostureEngine } from '../posture/engine.ts';
import type { PostureSettings } from './settings.ts';

/** @throws {BadInputError} for a control or framework that is not judged here. */
export function admissionPolicy(
  rules: readonly AdmissionRuleSettings[],
  { controls, frameworks }: PostureSettings,
): AdmissionPolicy {
  const ids = controls.map(({ id }) => id);
  const names = frameworks.map(({ name }) => name);
  for (const [i, rule] of rules.entries()) {
    refuseOthers(rule.controls ?? [], ids, `admission.rules[${i}].controls`, 'control');
    refuseOthers(rule.frameworks ?? [], names, `admission.rules[${i}].frameworks`, 'framework');
  }
  return new AdmissionPolicy(
    rules,
    controls.map(({ id, baseScore }) => ({
      id,
      severity: severityOf(baseScore),
      frameworks: frameworks.filter((of) => of.controls.includes(id)).map(({ name }) => name),
    })),
  );
}

function refuseOthers(named: readonly string[], known: readonly string[], path: string, what: string): void {
  const other = named.find((name) => !known.includes(name));
  if (other === undefined) return;
  throw new BadInputError(
    path,
    `the ${what} "${other}" is not judged here${didYouMean(other, known)}; posture.frameworks says what is`,
  );
}

/** The live engine and inventory, as admission asks them. */
export function admissionJudge(
  engine: PostureEngine,
  inventory: Inventory,
  { controls }: PostureSettings,
): Judge {
  const controlNamed = liveIndex(controls, ({ id }) => id);
  return {
    judge: (object, isAsked, hasTime) => engine.judgeProposed({ object, isAsked, hasTime }),
    labelsOf: (namespace) => {
      const found = inventory.get('Namespace', '', namespace);
      return found === undefined ? undefined : (found.metadata.labels ?? {});
    },
    control(id) {
      const control = controlNamed(id);
      if (control === undefined) return undefined;
      return { name: control.name, severity: severityOf(control.baseScore), fix: control.fix };
    },
  };
}

/** Kinds by which the cluster keeps its own books: asking about each change of them would cost much, and closed failure the cluster. */
const bookkeeping: ReadonlySet<string> = new Set([
  'CSIStorageCapacity',
  'Endpoints',
  'EndpointSlice',
  'Lease',
  'Node',
]);

/** The resources that the controls judge, for the webhook's registration. The API server sends no webhook of its own kind. */
export function webhookResources({
  controls,
}: Pick<PostureSettings, 'controls'>): readonly WebhookResource[] {
  const judged = new Set(controls.flatMap(({ checks }) => checks.flatMap(({ kinds }) => kinds)));
  return kindsFor(judged)
    .filter(
      ({ group, kind }) =>
        judged.has(kind) && !bookkeeping.has(kind) && !group.startsWith('admissionregistration'),
    )
    .map(({ group, kind }) => ({ group, resource: pluralOf(kind) }));
}

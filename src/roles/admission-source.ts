import { z } from 'zod';
import { type AdmissionRuleSettings, admissionSchema, rulesSchema } from '../admission/settings.ts';
import { exemptNamespaces } from '../admission/webhook-configuration.ts';
import { whatIf } from '../admission/what-if.ts';
import type { AdmissionSource, AdmissionTrial } from '../api/skopos/admission.ts';
import { BadInputError } from '../kit/app-error.ts';
import { ownNamespace } from '../kube/own-pod.ts';
import { admissionPolicy } from './admission-policy.ts';
import type { Embedded } from './embedded.ts';

/** Admission as our API sees it; policies can be tried out where no webhook is configured, too. */
export function admissionSource(embedded: Embedded): AdmissionSource & AdmissionTrial {
  const { admission, config, engine, inventory, posture } = embedded;
  const settings = config.admission ?? admissionSchema.parse({});
  const exempt = new Set(exemptNamespaces({ settings, ownNamespace: ownNamespace() }));
  return {
    status: () =>
      admission?.status() ?? {
        ...{ enabled: false, rules: [], failurePolicy: 'open', exempt: [...exempt] },
        ...{ problem: '', byControl: [], minutes: [] },
      },
    decisions: () => admission?.decisions() ?? [],
    whatIf(rules) {
      const tried = rules === undefined ? (admission?.rules ?? settings.rules) : parseRules(rules);
      return whatIf({
        ...{ policy: admissionPolicy(tried, posture), exempt },
        verdicts: engine.verdicts(),
        objects: inventory.size,
        labelsOf: (namespace) => inventory.get('Namespace', '', namespace)?.metadata.labels,
      });
    },
  };
}

/** @throws {BadInputError} naming the first field that is wrong. */
export function parseRules(rules: readonly unknown[]): readonly AdmissionRuleSettings[] {
  const parsed = rulesSchema.safeParse(rules);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadInputError(
    ['rules', ...(issue?.path ?? [])].join('.'),
    issue?.message ?? z.prettifyError(parsed.error),
  );
}

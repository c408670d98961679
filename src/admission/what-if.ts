import { keyOf, type ObjectRef } from '../model/object.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Outcome } from './decision.ts';
import type { AdmissionPolicy } from './policy.ts';
import type { Action } from './settings.ts';

export interface WhatIfOptions {
  readonly policy: AdmissionPolicy;
  /** What fails or is unknown of what runs now. */
  readonly verdicts: Iterable<Verdict>;
  /** How many objects are judged in all. */
  readonly objects: number;
  readonly exempt: ReadonlySet<string>;
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>> | undefined;
}

/** What a policy would say of what runs now, if each object were created again. */
export interface WhatIf {
  readonly objects: number;
  readonly denied: number;
  readonly warned: number;
  readonly byControl: readonly {
    readonly controlId: string;
    readonly denied: number;
    readonly warned: number;
  }[];
  readonly byNamespace: readonly {
    readonly namespace: string;
    readonly denied: number;
    readonly warned: number;
  }[];
  /** The first of those that would be denied or warned of, the denied first. */
  readonly examples: readonly {
    readonly object: ObjectRef;
    readonly outcome: Outcome;
    readonly controlIds: readonly string[];
  }[];
}

const mostExamples = 200;

/** Takes a policy over the verdicts that are held: nothing is judged anew, so that it takes no time to speak of. */
export function whatIf(options: WhatIfOptions): WhatIf {
  const judged = new Map<string, Judged>();
  const controls = new Map<string, Tally>();
  for (const verdict of options.verdicts) {
    const action = actionOn(verdict, options);
    if (action !== 'deny' && action !== 'warn') continue;
    const held = judged.get(keyOf(verdict.object));
    judged.set(keyOf(verdict.object), {
      ref: verdict.object,
      isDenied: action === 'deny' || held?.isDenied === true,
      controlIds: [...(held?.controlIds ?? []), verdict.controlId],
    });
    count(controls, verdict.controlId, action === 'deny');
  }
  const namespaces = new Map<string, Tally>();
  for (const { ref, isDenied } of judged.values()) count(namespaces, ref.namespace, isDenied);
  const all = [...judged.values()].sort((a, b) => Number(b.isDenied) - Number(a.isDenied));
  const denied = all.filter(({ isDenied }) => isDenied).length;
  return {
    objects: options.objects,
    denied,
    warned: all.length - denied,
    byControl: sorted(controls).map(([controlId, tally]) => ({ controlId, ...tally })),
    byNamespace: sorted(namespaces).map(([namespace, tally]) => ({ namespace, ...tally })),
    examples: all.slice(0, mostExamples).map(({ ref, isDenied, controlIds }) => ({
      object: ref,
      outcome: isDenied ? 'denied' : 'warned',
      controlIds,
    })),
  };
}

/** What the policy says of a verdict; undefined where it is about no object that there is, or in a place that is never judged. */
function actionOn(
  { controlId, object, state }: Verdict,
  { policy, exempt, labelsOf }: WhatIfOptions,
): Action | undefined {
  if (object.name === '*') return undefined;
  const namespace = object.kind === 'Namespace' && object.group === '' ? object.name : object.namespace;
  if (exempt.has(namespace)) return undefined;
  const labels = namespace === '' ? undefined : labelsOf(namespace);
  const ruling = policy.at({ namespace, labels }).get(controlId);
  if (state === 'fail') return ruling?.action;
  return state === 'unknown' ? ruling?.onUnknown : undefined;
}

interface Judged {
  readonly ref: ObjectRef;
  readonly isDenied: boolean;
  readonly controlIds: readonly string[];
}

interface Tally {
  denied: number;
  warned: number;
}

function count(tallies: Map<string, Tally>, key: string, isDenied: boolean): void {
  const tally = tallies.get(key) ?? { denied: 0, warned: 0 };
  tallies.set(key, tally);
  if (isDenied) tally.denied++;
  else tally.warned++;
}

function sorted(tallies: ReadonlyMap<string, Tally>): [string, Tally][] {
  return [...tallies].sort(
    ([a, x], [b, y]) => y.denied - x.denied || y.warned - x.warned || (a < b ? -1 : 1),
  );
}

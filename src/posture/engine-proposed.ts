import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import type { Verdict } from '../model/verdict.ts';
import type { ClusterView, Control, ControlInputs } from './control.ts';
import type { Token } from './engine-dependencies.ts';
import { keyToken } from './engine-index.ts';
import { judgeUnit } from './engine-judge.ts';
import type { Plan, PlannedControl } from './engine-plan.ts';
import { type IndexReader, RecordingView } from './engine-recorder.ts';
import type { ExceptionSet } from './exceptions/exception-set.ts';
import { indexKeysOf } from './index-keys.ts';

/** What to ask about an object that is not there yet. */
export interface Proposal {
  readonly object: KubeObject;
  /** Which controls to ask; all that judge its kind when left out. */
  readonly isAsked?: (controlId: string) => boolean;
  /** Whether there is time for one more control; what is not asked any more is unknown. Always when left out. */
  readonly hasTime?: () => boolean;
}

interface Surroundings {
  readonly view: ClusterView;
  readonly inputs: ControlInputs;
  readonly unreadable: ReadonlyMap<string, string>;
  readonly isHidden: (object: KubeObject) => boolean;
  readonly index: IndexReader;
}

const outOfTime = 'there was no time left to judge it';

/**
 * Judges objects as if they were in the cluster, in place of what is there under their names, beside everything else that is.
 * Nothing is kept of it.
 */
export class ProposedJudge {
  readonly #around: Surroundings;
  readonly #view: RecordingView;
  #object: KubeObject | undefined;
  #key = '';

  constructor(around: Surroundings) {
    this.#around = around;
    this.#view = new RecordingView(this.#proposedView(), around.unreadable, around.isHidden, {
      objectsOf: (token) => this.#objectsOf(token),
      hasAll: (tokens) => this.#hasAll(tokens),
    });
  }

  /** @returns what fails, is excepted, or cannot be told. */
  judge(
    { object, isAsked = () => true, hasTime = () => true }: Proposal,
    plan: Plan,
    exceptions: ExceptionSet | undefined,
  ): Verdict[] {
    this.#object = object;
    const ref = refOf(object);
    this.#key = keyOf(ref);
    const found: Verdict[] = [];
    for (const planned of plan.of(ref)) {
      const control = plan.controls[planned.column];
      if (control === undefined || !isAsked(control.id)) continue;
      const judged = hasTime() ? this.#ask(object, control, planned, exceptions) : unasked;
      if (judged !== undefined && judged.state !== 'pass' && judged.state !== 'not-applicable')
        found.push({ controlId: control.id, object: ref, ...judged });
    }
    this.#view.endBatch();
    this.#object = undefined;
    return found;
  }

  #ask(
    object: KubeObject,
    control: Control,
    { checks }: PlannedControl,
    exceptions: ExceptionSet | undefined,
  ): Omit<Verdict, 'controlId' | 'object'> | undefined {
    this.#view.begin();
    const judged = judgeUnit(object, checks, { view: this.#view, inputs: this.#around.inputs });
    if (judged?.state !== 'fail') return judged;
    return exceptions?.applied(control, object, judged) ?? judged;
  }

  #proposedView(): ClusterView {
    const { view } = this.#around;
    return {
      ...(view.imagesOf === undefined
        ? {}
        : { imagesOf: (workload, container, image) => view.imagesOf?.(workload, container, image) }),
      get: (kind, namespace, name) =>
        this.#isNamed(kind, namespace, name) ? this.#object : view.get(kind, namespace, name),
      list: (kind, namespace) => {
        const all = namespace === undefined ? view.list(kind) : view.list(kind, namespace);
        const own = this.#object;
        if (
          own?.kind !== kind ||
          (namespace ?? own.metadata.namespace ?? '') !== (own.metadata.namespace ?? '')
        )
          return all;
        return [...all.filter((one) => !this.#isSelf(one)), own];
      },
    };
  }

  #isNamed(kind: string, namespace: string, name: string): boolean {
    const own = this.#object;
    return own?.kind === kind && own.metadata.name === name && (own.metadata.namespace ?? '') === namespace;
  }

  #isSelf(object: KubeObject): boolean {
    return keyOf(refOf(object)) === this.#key;
  }

  #objectsOf(token: Token): readonly KubeObject[] {
    const others = this.#around.index.objectsOf(token).filter((one) => !this.#isSelf(one));
    const own = this.#object;
    return own !== undefined && tokensOf(own).includes(token) ? [...others, own] : others;
  }

  #hasAll(tokens: readonly Token[]): boolean {
    const own = this.#object;
    const hasThem = (one: KubeObject) => {
      const has = tokensOf(one);
      return tokens.every((token) => has.includes(token));
    };
    if (own !== undefined && tokens.length > 0 && hasThem(own)) return true;
    const [first] = tokens;
    if (first === undefined || !this.#around.index.hasAll(tokens)) return false;
    // It may be what the object is to replace that has them all.
    if (own === undefined || !first.startsWith(`${own.kind}#`)) return true;
    return this.#around.index.objectsOf(first).some((one) => !this.#isSelf(one) && hasThem(one));
  }
}

function tokensOf(object: KubeObject): readonly Token[] {
  return indexKeysOf(object).map((key) => keyToken(object.kind, key));
}

const unasked = { state: 'unknown', reason: outOfTime, evidence: [], related: [] } as const;

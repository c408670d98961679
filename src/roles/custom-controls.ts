import type { LookedAtKind } from '../findings/kind-looks.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import { untilAborted } from '../kit/until-aborted.ts';
import type { Logger } from '../log/logger.ts';
import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import type { Control } from '../posture/control.ts';
import {
  customControls,
  customFramework,
  customFrameworkName,
  describeProblem,
  policyKinds,
} from '../posture/custom/custom-controls.ts';
import type { Framework } from '../posture/frameworks/index.ts';
import type { Registry } from '../telemetry/registry.ts';
import { unwatchedKinds } from './unwatched-kinds.ts';

export interface CustomControlsOptions {
  readonly log: Logger;
  readonly inventory: Inventory;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Kinds of the cluster that are watched; left out where all that there is is seen, as in a folder. */
  readonly watched?: readonly LookedAtKind[];
  /** What is judged by now: ours first. These lists are changed in place, as everything that tells of controls reads them. */
  readonly controls: Control[];
  readonly frameworks: Framework[];
  /** Judges by these, beside ours. */
  readonly apply: (controls: readonly Control[]) => void;
}

/** Keeps controls that people wrote, from files and from policies of the inventory, in force as they come and go. */
export class CustomControls implements Component {
  readonly name = 'custom controls';
  readonly #options: CustomControlsOptions;
  readonly #ours: number;
  #files: readonly KubeObject[] = [];
  /** What each control was made of, and the control: one that is made of the same is the same, so that nothing is judged anew. */
  #held = new Map<string, { readonly basis: string; readonly control: Control }>();
  #broken = 0;
  #said = '';
  /** Since when kinds that nobody watches have been asked for. */
  #unwatched = new Map<string, number>();

  constructor(options: CustomControlsOptions) {
    this.#options = options;
    this.#ours = options.controls.length;
    const name = 'skopos_custom_controls';
    options.registry.collector(() => [
      {
        name,
        help: 'Controls made of ValidatingAdmissionPolicies, by whether they can be asked.',
        type: 'gauge',
        samples: [
          { name, labels: { state: 'asked' }, value: this.#held.size - this.#broken },
          { name, labels: { state: 'broken' }, value: this.#broken },
        ],
      },
    ]);
  }

  /** Takes policies of files in place of those before. */
  load(files: readonly KubeObject[]): void {
    this.#files = files;
    this.#refresh();
  }

  async run(signal: AbortSignal): Promise<void> {
    const kinds: ReadonlySet<string> = new Set(policyKinds);
    const unsubscribe = this.#options.inventory.subscribe((changes) => {
      if (changes.some(({ ref }) => kinds.has(ref.kind))) this.#refresh();
    });
    this.#refresh();
    await untilAborted(signal);
    unsubscribe();
  }

  #refresh(): void {
    const { inventory, log, controls, frameworks, apply } = this.#options;
    const objects = new Map<string, KubeObject>();
    for (const object of [...policyKinds.flatMap((kind) => inventory.list(kind)), ...this.#files])
      objects.set(keyOf(refOf(object)), object);
    const found = customControls(objects.values());
    const bases = basesOf([...objects.values()]);
    const now = new Map(
      found.controls.map((control) => {
        const basis = bases.get(control.id) ?? '';
        const held = this.#held.get(control.id);
        return [control.id, held?.basis === basis ? held : { basis, control }] as const;
      }),
    );
    this.#broken = new Set(
      found.problems.map(({ object }) => object).filter(({ kind }) => kind === policyKinds[0]),
    ).size;
    const said = [
      ...found.problems.map(describeProblem),
      ...found.warnings,
      ...this.#tellUnwatched(objects.values()),
    ];
    if (said.join('\n') !== this.#said)
      for (const problem of said) log.warn({ problem }, 'a custom control is not as it should be');
    this.#said = said.join('\n');
    const list = [...now.values()].map(({ control }) => control);
    const isSame =
      list.length === this.#held.size && list.every(({ id }) => this.#held.get(id) === now.get(id));
    this.#held = now;
    if (isSame) return;
    controls.splice(this.#ours, controls.length, ...list);
    const at = frameworks.findIndex(({ name }) => name === customFrameworkName);
    if (at >= 0) frameworks.splice(at, 1);
    const framework = customFramework(list);
    if (framework !== undefined) frameworks.push(framework);
    apply(list);
  }

  /** What is not watched cannot be read: what rests on it is unknown, and that is told like any kind that is out of reach. */
  #tellUnwatched(policies: Iterable<KubeObject>): readonly string[] {
    const { inventory, clock, watched } = this.#options;
    if (watched === undefined) return [];
    const before = this.#unwatched;
    this.#unwatched = new Map();
    const kinds = unwatchedKinds(policies, watched).map(({ group, kind, policies: names }) => {
      const key = `${group}/${kind}`;
      const sinceMs = before.get(key) ?? clock.now();
      this.#unwatched.set(key, sinceMs);
      const reason = `it is not watched, and these policies ask for it: ${names.join(', ')}; ${remedyOf(kind)}`;
      return { group, kind, reason, sinceMs };
    });
    inventory.setUnreadable(this.name, kinds);
    return kinds.map(({ group, kind, reason }) => `${kind}${group === '' ? '' : ` of ${group}`}: ${reason}`);
  }
}

/** Kinds that Kubernetes itself has, and those of parameters, have a name that can be watched; of others only the resource is known. */
function remedyOf(kind: string): string {
  if (/^[a-z]/.test(kind)) return 'Skopos knows no such kind, so these policies judge none of it';
  return 'what is watched is chosen at the start: name them in posture.policies and start anew';
}

/** All that each policy's control follows from, as text: the policy and its bindings. */
function basesOf(objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  const bases = new Map<string, string>();
  for (const { kind, metadata, spec } of objects) {
    const policy = (spec as { readonly policyName?: unknown } | undefined)?.policyName;
    const id = kind === policyKinds[0] ? metadata.name : typeof policy === 'string' ? policy : '';
    const { name, annotations } = metadata;
    bases.set(id, `${bases.get(id) ?? ''}${JSON.stringify([kind, name, annotations, spec])}`);
  }
  return bases;
}

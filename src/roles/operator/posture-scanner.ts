import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Inventory } from '../../inventory/inventory.ts';
import { BadInputError, UnavailableError } from '../../kit/app-error.ts';
import { didYouMean } from '../../kit/nearest.ts';
import { type ObjectRef, refOf } from '../../model/object.ts';
import type { Severity, VerdictState } from '../../model/verdict.ts';
import type { PostureResult } from '../../operator/job.ts';
import type { PostureScanner, PostureScanOptions, PostureScope } from '../../operator/posture-scanner.ts';
import type { Control } from '../../posture/control.ts';
import type { PostureEngine } from '../../posture/engine.ts';
import type { ControlCounts } from '../../posture/engine-types.ts';
import {
  type ControlScore,
  controlScores,
  type FrameworkControls,
  frameworkScore,
} from '../../posture/scores.ts';
import type { Chain } from '../chain.ts';
import { kubescapeReport } from './kubescape-report.ts';

export interface PostureScannerDeps {
  readonly inventory: Inventory;
  readonly engine: PostureEngine;
  readonly chain: Pick<Chain, 'isReady' | 'fault' | 'judgeAgain'>;
  readonly source: { status(): { readonly state: string; readonly message: string } };
  /** Those that are judged, custom ones included; they come and go. */
  readonly controls: readonly Control[];
  readonly frameworks: readonly FrameworkControls[];
  readonly now: () => number;
}

/** Objects that are judged without others getting their turn. */
const objectsAtOnce = 20;

/** Scans on request over what the chain keeps anyway. */
export function postureScanner(deps: PostureScannerDeps): PostureScanner {
  return {
    check: (scope) => void resolve(scope, deps),
    async scan(scope, options, signal) {
      const { controls, frameworks, warnings } = resolve(scope, deps);
      checkFresh(deps, warnings);
      const isWanted = wantedBy(scope);
      const { objects, corrected } = await judgeAgain(deps, isWanted, options, signal);
      const unreadable = deps.inventory.unreadable();
      warnings.push(...unreadable.map(({ kind, reason }) => `${kind} cannot be read: ${reason}`));
      if (corrected > 0) warnings.push(`${corrected} verdicts were other than known; please report this`);
      const counts = countsIn(scope, deps, isWanted);
      const scores = controlScores(controls, counts);
      const ids = new Set(controls.map(({ id }) => id));
      const report = options.report
        ? kubescapeReport({ ...deps, controls, frameworks, scores, isWanted }, signal)
        : undefined;
      return {
        result: {
          objects,
          corrected,
          ...summaryOf(
            scores,
            counts.filter(({ controlId }) => ids.has(controlId)),
            frameworks,
          ),
          warnings,
        },
        ...(report === undefined ? {} : { report }),
      };
    },
  };
}

interface Resolved {
  readonly controls: readonly Control[];
  readonly frameworks: readonly FrameworkControls[];
  readonly warnings: string[];
}

/** @throws {BadInputError} when nothing of what is named is judged here */
function resolve(scope: PostureScope, deps: PostureScannerDeps): Resolved {
  const { object } = scope;
  if (object !== undefined && !isThere(object, deps.inventory))
    throw new BadInputError(
      'scanObject',
      `there is no ${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`,
    );
  if (scope.controls !== undefined) {
    const { found, missing } = pick(scope.controls, deps.controls, ({ id }) => id, 'control');
    return { controls: found, frameworks: [], warnings: missing };
  }
  if (scope.frameworks === undefined)
    return { controls: deps.controls, frameworks: deps.frameworks, warnings: [] };
  const { found, missing } = pick(scope.frameworks, deps.frameworks, ({ name }) => name, 'framework');
  const ids = new Set(found.flatMap(({ controls }) => controls));
  return { controls: deps.controls.filter(({ id }) => ids.has(id)), frameworks: found, warnings: missing };
}

function pick<Item>(
  names: readonly string[],
  items: readonly Item[],
  nameOf: (item: Item) => string,
  what: string,
): { readonly found: readonly Item[]; readonly missing: string[] } {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const found = items.filter((item) => wanted.has(nameOf(item).toLowerCase()));
  const known = items.map(nameOf);
  const missing = names
    .filter((name) => !known.some((one) => one.toLowerCase() === name.toLowerCase()))
    .map(
      (name) =>
        `the ${what} "${name}" is not judged here${didYouMean(name, known)}; posture.frameworks chooses`,
    );
  if (found.length === 0) throw new BadInputError('targetNames', missing[0] ?? `no ${what} is named`);
  return { found, missing };
}

/** @throws {UnavailableError} while what would be judged is not what is there */
function checkFresh({ chain, source }: PostureScannerDeps, warnings: string[]): void {
  const { state, message } = source.status();
  if (!chain.isReady) throw new UnavailableError('the objects have not been read completely yet');
  if (state === 'failed') throw new UnavailableError(`the objects cannot be read: ${message}`);
  if (chain.fault !== '') throw new UnavailableError(`findings cannot be recorded: ${chain.fault}`);
  if (state === 'degraded') warnings.push(message);
}

function wantedBy({ namespaces, excludedNamespaces, object }: PostureScope): (ref: ObjectRef) => boolean {
  if (object !== undefined)
    return ({ group, kind, namespace, name }) =>
      kind.toLowerCase() === object.kind.toLowerCase() &&
      namespace === object.namespace &&
      name === object.name &&
      (object.group === undefined || group === object.group);
  const only = namespaces === undefined ? undefined : new Set(namespaces);
  const not = new Set(excludedNamespaces ?? []);
  return ({ namespace }) => (only === undefined || only.has(namespace)) && !not.has(namespace);
}

function isThere(object: NonNullable<PostureScope['object']>, inventory: Inventory): boolean {
  const kind = [...inventory.counts().keys()].find((one) => one.toLowerCase() === object.kind.toLowerCase());
  const found = kind === undefined ? undefined : inventory.get(kind, object.namespace, object.name);
  return found !== undefined && wantedBy({ object })(refOf(found));
}

/** In slices, so that changes that come meanwhile do not wait. */
async function judgeAgain(
  { inventory, chain }: PostureScannerDeps,
  isWanted: (ref: ObjectRef) => boolean,
  { cause }: PostureScanOptions,
  signal: AbortSignal,
): Promise<{ readonly objects: number; readonly corrected: number }> {
  const keys = [...inventory.keys()].filter((key) => {
    const ref = inventory.ref(key);
    return ref !== undefined && isWanted(ref);
  });
  let corrected = 0;
  for (let at = 0; at < keys.length; at += objectsAtOnce) {
    signal.throwIfAborted();
    corrected += chain.judgeAgain(keys.slice(at, at + objectsAtOnce), cause);
    await nextTurn();
  }
  return { objects: keys.length, corrected };
}

/** Counts of what is in scope alone. Kinds that could not be read belong to every scope: nobody knows what they hold. */
function countsIn(
  { namespaces, excludedNamespaces, object }: PostureScope,
  { engine }: PostureScannerDeps,
  isWanted: (ref: ObjectRef) => boolean,
): readonly ControlCounts[] {
  const all = [...engine.counts()];
  if (namespaces === undefined && excludedNamespaces === undefined && object === undefined) return all;
  const missing = all
    .filter((row) => row.missing > 0)
    .map((row) => ({ ...row, states: { ...none, unknown: row.missing } }));
  if (object !== undefined) return [...missing, ...countsOfObjects(engine, isWanted)];
  const inScope = all
    .filter(({ namespace }) => isWanted({ group: '', kind: '', namespace, name: '' }))
    .map((row) => ({
      ...row,
      missing: 0,
      states: { ...row.states, unknown: row.states.unknown - row.missing },
    }));
  return [...missing, ...inScope];
}

const none: Readonly<Record<VerdictState, number>> = {
  pass: 0,
  fail: 0,
  unknown: 0,
  excepted: 0,
  'not-applicable': 0,
};
const everyState = Object.keys(none) as VerdictState[];

function* countsOfObjects(
  engine: PostureEngine,
  isWanted: (ref: ObjectRef) => boolean,
): IterableIterator<ControlCounts> {
  for (const { controlId, object, state } of engine.verdicts({ states: everyState })) {
    if (object.name === '*' || !isWanted(object)) continue;
    const { namespace } = object;
    const states = { ...none, [state]: 1 };
    yield { controlId, control: '', severity: 'unknown', namespace, missing: 0, states };
  }
}

function summaryOf(
  scores: readonly ControlScore[],
  counts: readonly ControlCounts[],
  frameworks: readonly FrameworkControls[],
): Omit<PostureResult, 'objects' | 'corrected' | 'warnings'> {
  const verdicts = { ...none };
  for (const { states } of counts) for (const state of everyState) verdicts[state] += states[state];
  const failed: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
  const controls = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  for (const score of scores) {
    failed[score.severity] += score.failed;
    controls[score.state]++;
  }
  const whole = frameworkScore({ name: '', controls: scores.map(({ controlId }) => controlId) }, scores);
  return {
    verdicts,
    failed,
    controls,
    score: whole.compliance,
    ...(whole.honest === undefined ? {} : { honest: whole.honest }),
    frameworks: frameworks.map((framework) => {
      const { name, compliance, honest } = frameworkScore(framework, scores);
      return { name, score: compliance, ...(honest === undefined ? {} : { honest }) };
    }),
  };
}

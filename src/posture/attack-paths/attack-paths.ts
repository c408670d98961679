import { keyOf, type ObjectRef } from '../../model/object.ts';
import { type Severity, severityOf, type Verdict } from '../../model/verdict.ts';
import type { AttackTrack, TrackStep } from './tracks.ts';

/** A control, as far as attack paths need it. */
export interface PathControl {
  readonly id: string;
  readonly name: string;
  readonly baseScore: number;
}

export interface AttackPathsInput {
  readonly tracks: readonly AttackTrack[];
  /** Controls that are judged. */
  readonly controls: readonly PathControl[];
  /** Failing and unknown verdicts, at least those of {@link trackControls}; others are passed over. */
  readonly verdicts: Iterable<Verdict>;
}

export type StepState = 'open' | 'unknown' | 'closed';

export interface PathStep {
  readonly name: string;
  readonly what: string;
  readonly state: StepState;
  /** Why it is unknown, when no control says so. */
  readonly reason?: string;
  /** Controls that leave it open or unknown, the most severe first. */
  readonly controls: readonly {
    readonly controlId: string;
    readonly control: string;
    readonly severity: Severity;
    readonly state: 'fail' | 'unknown';
  }[];
  readonly next: readonly PathStep[];
}

/** A track that one workload lets an attacker walk from its first step to one of its last. */
export interface AttackPath {
  readonly track: string;
  readonly title: string;
  readonly object: ObjectRef;
  readonly key: string;
  /** `possible`: on the best way through, a step could not be judged. */
  readonly state: 'complete' | 'possible';
  /** The base scores of what fails on the steps of all ways through, summed. */
  readonly score: number;
  readonly step: PathStep;
}

/** Ids of all controls that the tracks rest on. */
export function trackControls(tracks: readonly AttackTrack[]): readonly string[] {
  return [...new Set(tracks.flatMap(({ step }) => controlsOf(step)))];
}

/** Ids of the controls that a step and those after it rest on. */
export function controlsOf(step: TrackStep): readonly string[] {
  return [...new Set([...step.controls, ...(step.next ?? []).flatMap(controlsOf)])];
}

/**
 * Which workloads complete which tracks, ranked: complete ones before those with an unknown step, then by what
 * is lost at the end of the track, then by score.
 *
 * A step is open when a control of it fails on the workload, unknown when one could not be judged (or the step needs what
 * controls cannot tell), else closed. A track counts when every step of one way from its first to a last one is open or
 * unknown, and the first one is open: what nobody can reach for sure is no attack path.
 */
export function attackPaths({ tracks, controls, verdicts }: AttackPathsInput): AttackPath[] {
  const known = new Map(controls.map((control) => [control.id, control]));
  const paths: AttackPath[] = [];
  const gravity = new Map(tracks.map((track) => [track.name, track.gravity]));
  for (const standing of standingsOf(verdicts, new Set(trackControls(tracks)))) {
    for (const { name, title, step } of tracks) {
      const walked = walk(step, standing, known);
      if (walked.state !== 'open') continue;
      const best = bestOf(walked);
      if (best === 'closed') continue;
      paths.push({
        track: name,
        title,
        object: standing.object,
        key: standing.key,
        state: best === 'open' ? 'complete' : 'possible',
        score: scoreOf(walked, known),
        step: walked,
      });
    }
  }
  return paths.sort(
    (a, b) =>
      Number(a.state === 'possible') - Number(b.state === 'possible') ||
      (gravity.get(b.track) ?? 0) - (gravity.get(a.track) ?? 0) ||
      b.score - a.score ||
      compare(a.key, b.key) ||
      compare(a.track, b.track),
  );
}

interface Standing {
  readonly key: string;
  readonly object: ObjectRef;
  readonly states: Map<string, 'fail' | 'unknown'>;
}

function standingsOf(verdicts: Iterable<Verdict>, wanted: ReadonlySet<string>): Iterable<Standing> {
  const byKey = new Map<string, Standing>();
  for (const { controlId, object, state } of verdicts) {
    if (!wanted.has(controlId) || (state !== 'fail' && state !== 'unknown')) continue;
    const key = keyOf(object);
    const standing = byKey.get(key) ?? { key, object, states: new Map() };
    byKey.set(key, standing);
    standing.states.set(controlId, state);
  }
  return byKey.values();
}

function walk(step: TrackStep, standing: Standing, known: ReadonlyMap<string, PathControl>): PathStep {
  const found = step.controls
    .flatMap((id) => {
      const state = standing.states.get(id);
      const control = known.get(id);
      return state === undefined || control === undefined ? [] : [{ state, control }];
    })
    .sort((a, b) => b.control.baseScore - a.control.baseScore);
  const unjudged = step.controls.filter((id) => !known.has(id));
  const isOpen = found.some(({ state }) => state === 'fail');
  const reason = isOpen || found.length > 0 ? undefined : (step.needs ?? unjudgedText(unjudged));
  return {
    name: step.name,
    what: step.what,
    state: isOpen ? 'open' : found.length > 0 || reason !== undefined ? 'unknown' : 'closed',
    ...(reason === undefined ? {} : { reason }),
    controls: found.map(({ state, control: { id, name, baseScore } }) => ({
      controlId: id,
      control: name,
      severity: severityOf(baseScore),
      state,
    })),
    next: (step.next ?? []).map((one) => walk(one, standing, known)),
  };
}

function unjudgedText(ids: readonly string[]): string | undefined {
  if (ids.length === 0) return undefined;
  return `${ids.join(' and ')} ${ids.length === 1 ? 'is' : 'are'} in no framework that is judged`;
}

/** The best that any way through offers: its worst step. */
function bestOf(step: PathStep): StepState {
  if (step.state === 'closed' || step.next.length === 0) return step.state;
  const after = step.next.map(bestOf);
  if (!after.some((state) => state !== 'closed')) return 'closed';
  return step.state === 'open' && after.includes('open') ? 'open' : 'unknown';
}

/** Only steps that lie on a way through count. */
function scoreOf(step: PathStep, known: ReadonlyMap<string, PathControl>): number {
  if (bestOf(step) === 'closed') return 0;
  const own = step.controls.filter(({ state }) => state === 'fail');
  return [
    ...own.map(({ controlId }) => known.get(controlId)?.baseScore ?? 0),
    ...step.next.map((one) => scoreOf(one, known)),
  ].reduce((sum, value) => sum + value, 0);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

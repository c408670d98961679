import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ObjectRef } from '../../model/object.ts';
import type { Verdict } from '../../model/verdict.ts';
import { controls } from '../controls/index.generated.ts';
import { attackPaths, trackControls } from './attack-paths.ts';
import { attackTracks } from './tracks.ts';

const cart: ObjectRef = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'cart' };

function verdict(controlId: string, state: Verdict['state'] = 'fail', object = cart): Verdict {
  return { controlId, object, state, evidence: [], related: [] };
}

const gravity = (name: string) => attackTracks.find((track) => track.name === name)?.gravity ?? 0;

function pathsOf(verdicts: readonly Verdict[], judged = controls) {
  return attackPaths({ tracks: attackTracks, controls: judged, verdicts });
}

it('rests on controls that exist', () => {
  const ids = new Set(controls.map(({ id }) => id));
  expect(trackControls(attackTracks).filter((id) => !ids.has(id))).toEqual([]);
});

it('needs every step: a workload that is only exposed, or only weak, is no way in', () => {
  expect(pathsOf([verdict('C-0270')])).toEqual([]);
  expect(pathsOf([verdict('C-0256')])).toEqual([]);
  const [path] = pathsOf([verdict('C-0256'), verdict('C-0270')]);
  expect(path).toMatchObject({ track: 'service-destruction', state: 'complete', object: cart });
  expect(path?.step.next[0]).toMatchObject({ state: 'open', controls: [{ controlId: 'C-0270' }] });
});

it('does not mix what two workloads leave open', () => {
  expect(pathsOf([verdict('C-0256'), verdict('C-0270', 'fail', { ...cart, name: 'web' })])).toEqual([]);
});

it('is merely possible where a step cannot be judged, and none where the way in is unknown', () => {
  expect(pathsOf([verdict('C-0256'), verdict('C-0267', 'unknown')])).toMatchObject([
    { track: 'external-workload-with-cluster-takeover-roles', state: 'possible' },
  ]);
  expect(pathsOf([verdict('C-0256', 'unknown'), verdict('C-0267')])).toEqual([]);
});

it('says which vulnerabilities it would have to know, for they are not known to it', () => {
  const [path] = pathsOf([verdict('C-0256'), verdict('C-0017')]);
  expect(path).toMatchObject({ track: 'workload-external-track', state: 'possible' });
  expect(path?.step.next[0]).toMatchObject({ state: 'unknown', reason: expect.stringContaining('images') });
});

it('calls a step unknown when its controls are not judged at all', () => {
  const judged = controls.filter(({ id }) => id !== 'C-0267');
  const paths = pathsOf([verdict('C-0256')], judged);
  expect(paths.map(({ track, state }) => [track, state])).toEqual([
    ['external-workload-with-cluster-takeover-roles', 'possible'],
  ]);
  expect(paths[0]?.step.next[0]?.reason).toContain('C-0267');
});

it('passes over what is excepted', () => {
  expect(pathsOf([verdict('C-0256'), verdict('C-0270', 'excepted')])).toEqual([]);
});

it('ranks complete paths first, then those at whose end more is lost, then those on which more goes wrong, whatever the order of the verdicts', () => {
  const some = fc.record({
    controlId: fc.constantFrom(...trackControls(attackTracks)),
    state: fc.constantFrom<Verdict['state'][]>('fail', 'unknown', 'excepted'),
    name: fc.constantFrom('a', 'b', 'c'),
  });
  const law = fc.property(
    fc.uniqueArray(some, { selector: ({ controlId, name }) => controlId + name, maxLength: 40 }),
    (rows) => {
      const verdicts = rows.map(({ controlId, state, name }) => verdict(controlId, state, { ...cart, name }));
      const paths = pathsOf(verdicts);
      expect(pathsOf([...verdicts].reverse())).toEqual(paths);
      for (const [i, path] of paths.entries()) {
        const before = paths[i - 1];
        if (before?.state === path.state && before.track === path.track)
          expect(before.score).toBeGreaterThanOrEqual(path.score);
        if (before?.state === path.state)
          expect(gravity(before.track)).toBeGreaterThanOrEqual(gravity(path.track));
        if (path.state === 'complete') expect(before?.state ?? 'complete').toBe('complete');
        expect(path.step.state).toBe('open');
      }
    },
  );
  fc.assert(law);
});

import { describe, expect, it } from 'vitest';
import type { Control } from './control.ts';
import type { PostureEngine } from './engine.ts';
import { judge } from './judge-once.ts';

describe('controls that come and go', () => {
  const objects = ['a', 'b'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { type: name },
  }));
  const onServices = (id: string, bad: string): Control => ({
    ...{ id, name: id, baseScore: 5, category: '', why: '', fix: '' },
    examples: { pass: [], fail: [] },
    checks: [
      {
        rule: id,
        kinds: ['*'],
        judge: ({ spec }) =>
          (spec as { type: string }).type === bad ? [{ message: 'bad', failedPaths: ['spec.type'] }] : [],
      },
    ],
  });
  const engineWith = (room: number): PostureEngine =>
    judge({
      ...{ controls: [onServices('fixed', 'a')], inputs: {}, room, objects },
      view: { get: () => undefined, list: () => [] },
      objectOf: (key) => objects.find((one) => key.endsWith(`/${one.metadata.name}`)),
    });
  const said = (engine: PostureEngine) =>
    [...engine.verdicts({ states: ['fail'] })]
      .map(({ controlId, object }) => `${controlId} ${object.name}`)
      .sort();

  it('judge at once, and take their verdicts with them', () => {
    const engine = engineWith(2);
    const [one, two] = [onServices('one', 'b'), onServices('two', 'a')];
    const came = engine.setMoreControls([one]);
    expect(came.map(({ verdict, before }) => [verdict.controlId, verdict.state, before])).toEqual([
      ['one', 'pass', undefined],
      ['one', 'fail', undefined],
    ]);
    expect(said(engine)).toEqual(['fixed a', 'one b']);
    expect(engine.setMoreControls([two, one]).every(({ verdict }) => verdict.controlId === 'two')).toBe(true);
    expect(said(engine)).toEqual(['fixed a', 'one b', 'two a']);
    const went = engine.setMoreControls([two]);
    expect(went.map(({ verdict, removed }) => [verdict.controlId, removed])).toEqual([
      ['one', true],
      ['one', true],
    ]);
    expect(
      [...engine.counts()].map(({ controlId, states }) => [controlId, states.fail, states.pass]),
    ).toEqual([
      ['fixed', 1, 1],
      ['two', 1, 1],
    ]);
    expect(engine.verdict('one', '/Service/shop/b')).toBeUndefined();
  });

  it('are no more than there is room for', () => {
    const engine = engineWith(1);
    engine.setMoreControls([onServices('one', 'b'), onServices('two', 'a')]);
    expect(said(engine)).toEqual(['fixed a', 'one b']);
  });

  it('take what could not be asked with them, too', () => {
    const engine = engineWith(1);
    const broken: Control = {
      ...onServices('broken', 'a'),
      checks: [{ rule: 'broken', kinds: [], manual: 'no', judge: () => [] }],
    };
    const unknowns = () =>
      [...engine.counts()].filter(({ states }) => states.unknown > 0).map(({ controlId }) => controlId);
    engine.setMoreControls([broken]);
    expect(unknowns()).toEqual(['broken']);
    engine.setMoreControls([{ ...broken }]);
    expect(unknowns()).toEqual(['broken']);
    engine.setMoreControls([]);
    expect(unknowns()).toEqual([]);
  });
});

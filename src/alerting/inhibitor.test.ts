import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { openDatabase } from '../store/open.ts';
import { AlertStore } from './alert-store.ts';
import { Inhibitor } from './inhibitor.ts';
import { parseMatchers } from './parse-matchers.ts';

const rule = (source: string, target: string, equal: string[] = []) => ({
  name: '',
  sourceMatchers: parseMatchers(source),
  targetMatchers: parseMatchers(target),
  equal,
});

function alerts(inhibitor: Inhibitor, ...all: Record<string, string>[]) {
  const store = new AlertStore({
    database: openDatabase(':memory:'),
    journal: undefined,
    clock: new VirtualClock(0),
    log: silentLogger,
  });
  return all.map((labels) => {
    const record = store.add({
      labels,
      annotations: {},
      startsAtMs: 0,
      endsAtMs: 100,
      generatorURL: '',
      updatedAtMs: 0,
      cause: '',
      isTimeout: false,
    });
    inhibitor.add(record);
    return record;
  });
}

it('inhibits where the equal labels agree; a missing label equals an empty one', () => {
  const inhibitor = new Inhibitor([rule('s=1', 't=1', ['e'])]);
  const [source, same, other, none] = alerts(
    inhibitor,
    { s: '1', e: 'x' },
    { t: '1', e: 'x' },
    { t: '1', e: 'y' },
    { t: '1' },
  );
  if (!source || !same || !other || !none) throw new Error('missing');
  expect(inhibitor.inhibitedBy(same, 10)).toEqual([source.fingerprint]);
  expect(inhibitor.inhibitedBy(other, 10)).toEqual([]);
  expect(inhibitor.inhibitedBy(none, 10)).toEqual([]);
  const [bare] = alerts(inhibitor, { s: '1' });
  expect(inhibitor.inhibitedBy(none, 10)).toEqual([bare?.fingerprint]);
});

it('counts only sources that fire', () => {
  const inhibitor = new Inhibitor([rule('s=1', 't=1')]);
  const [source, target] = alerts(inhibitor, { s: '1' }, { t: '1' });
  if (!source || !target) throw new Error('missing');
  expect(inhibitor.inhibitedBy(target, 99)).toHaveLength(1);
  expect(inhibitor.inhibitedBy(target, 100)).toEqual([]);
  source.isResolved = true;
  expect(inhibitor.inhibitedBy(target, 10)).toEqual([]);
  source.isResolved = false;
  inhibitor.remove(source);
  expect(inhibitor.inhibitedBy(target, 10)).toEqual([]);
});

it('lets no alert that is on both sides be inhibited by one that is too, itself included', () => {
  const inhibitor = new Inhibitor([rule('s=1', 't=1')]);
  const [one, two] = alerts(inhibitor, { s: '1', t: '1', n: '1' }, { s: '1', t: '1', n: '2' });
  if (!one || !two) throw new Error('missing');
  expect(inhibitor.inhibitedBy(one, 10)).toEqual([]);
  const [source] = alerts(inhibitor, { s: '1' });
  expect(inhibitor.inhibitedBy(two, 10)).toEqual([source?.fingerprint]);
});

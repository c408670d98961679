import { expect, it } from 'vitest';
import { Inventory } from '../../inventory/inventory.ts';
import { VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { objectFilter } from './filter.ts';

const inventory = new Inventory({ cluster: 'c', clock: new VirtualClock(0), log: silentLogger });
const labelled = { web: { app: 'web', env: 'prod' }, db: { app: 'db', env: 'test' }, bare: {} };
inventory.apply(
  'folder',
  Object.entries(labelled).map(([name, labels]) => ({
    type: 'put' as const,
    object: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop', labels } },
    origin: { source: 'folder' },
    atMs: 0,
  })),
  { initial: true },
);

it.each([
  ['app=web', ['web']],
  ['app!=web', ['db', 'bare']],
  ['app', ['web', 'db']],
  ['!app', ['bare']],
  ['app in (web, db)', ['web', 'db']],
  ['app notin (web)', ['db', 'bare']],
  ['app in (web,db),env in (prod)', ['web']],
  ['env notin (prod, test)', ['bare']],
])('takes the selector %s as kubectl does', (selector, names) => {
  const isWanted = objectFilter(inventory, { selector: [selector] });
  const found = Object.keys(labelled).filter((name) =>
    isWanted?.({ group: '', kind: 'Service', namespace: 'shop', name }),
  );
  expect(found).toEqual(names);
});

it.each(['app in web', 'app in (web', '=a', 'a b'])('refuses the selector %s', (selector) => {
  expect(() => objectFilter(inventory, { selector: [selector] })).toThrow(/^--selector: expected key=value/);
});

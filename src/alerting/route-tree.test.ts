import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RouteConfig } from './config/alerting-config.ts';
import { loadAlertingConfig } from './config/load-alerting-config.ts';
import { labelTest } from './label-test.ts';
import { buildRouteTree, groupKeyOf, groupLabelsOf, matchRoutes, receiversOf } from './route-tree.ts';

const base: RouteConfig = {
  receiver: 'root',
  groupBy: [],
  groupWaitMs: 0,
  groupIntervalMs: 1,
  repeatIntervalMs: 1,
  matchers: [],
  continue: false,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  labels: {},
  routes: [],
};

const name = fc.constantFrom('a', 'b');
const value = fc.constantFrom('', '1', '2');

const { route } = fc.letrec<{ route: RouteConfig }>((tie) => ({
  route: fc.record({
    ...(Object.fromEntries(Object.entries(base).map(([key, one]) => [key, fc.constant(one)])) as {
      [Key in keyof RouteConfig]: fc.Arbitrary<RouteConfig[Key]>;
    }),
    receiver: fc.constantFrom('x', 'y', 'z'),
    continue: fc.boolean(),
    matchers: fc.array(fc.record({ name, op: fc.constantFrom('=' as const, '!=' as const), value }), {
      maxLength: 2,
    }),
    routes: fc.oneof({ withCrossShrink: true }, fc.constant([]), fc.array(tie('route'), { maxLength: 3 })),
  }),
}));

const labels = fc.dictionary(name, fc.constantFrom('1', '2'));

/** Which routes take the alert, said another way: each route by its path, in order of the tree. */
function naive(config: RouteConfig, of: Record<string, string>): RouteConfig[] {
  if (!labelTest(config.matchers)(of)) return [];
  const taking: RouteConfig[] = [];
  for (const child of config.routes) {
    const below = naive(child, of);
    taking.push(...below);
    if (below.length > 0 && !child.continue) return taking;
  }
  return taking.length === 0 ? [config] : taking;
}

it('brings every alert to at least one receiver, and never to a node and its child', () => {
  fc.assert(
    fc.property(fc.array(route, { maxLength: 4 }), labels, (routes, of) => {
      const root = buildRouteTree({ ...base, routes });
      const found = matchRoutes(root, of);
      expect(found.length).toBeGreaterThan(0);
      expect(found.map(({ config }) => config)).toEqual(naive({ ...base, routes }, of));
      for (const one of found) {
        expect(one.matches(of)).toBe(true);
        expect(found.some((other) => other.id.startsWith(`${one.id}.`))).toBe(false);
        expect(one.children.some((child) => child.matches(of))).toBe(false);
      }
      expect(found.map(({ id }) => id)).toEqual([...new Set(found.map(({ id }) => id))]);
    }),
  );
});

it.each([
  [{ test: '1' }, 'test1', 'test1'],
  [{ test: '2' }, 'test1,test2', 'test2,test1'],
  [{ test: 'other' }, 'default', 'default'],
])('reaches receivers in the order of the file: %j', (of, forwards, backwards) => {
  const one = "{ match_re: { test: '^[12]$' }, receiver: test1, continue: true }";
  const two = '{ match: { test: 2 }, receiver: test2, continue: true }';
  const reached = (routes: string) => {
    const text = `route: { receiver: default, routes: [${routes}] }\nreceivers: [{ name: default }, { name: test1 }, { name: test2 }]`;
    const config = loadAlertingConfig(text, { file: 'x', baseDir: '/' });
    return receiversOf(matchRoutes(buildRouteTree(config.route), of)).join(',');
  };
  expect(reached(`${one}, ${two}`)).toBe(forwards);
  expect(reached(`${two}, ${one}`)).toBe(backwards);
});

it('makes group keys of the matchers on the way and the group labels', () => {
  const child = {
    ...base,
    groupBy: ['b', 'a', 'none'],
    matchers: [{ name: 'a', op: '=~', value: '1|2' } as const],
  };
  const [node] = matchRoutes(buildRouteTree({ ...base, routes: [child] }), { a: '1', b: 'x"y', c: '3' });
  if (node === undefined) throw new Error('no route');
  const groupLabels = groupLabelsOf(node, { a: '1', b: 'x"y', c: '3' });
  expect(groupLabels).toEqual({ a: '1', b: 'x"y' });
  expect(groupKeyOf(node, groupLabels)).toBe('{}/{a=~"1|2"}:{a="1", b="x\\"y"}');
});

import { describe, expect, it } from 'vitest';
import { AccessGraph } from './access.ts';
import { Escalation } from './escalation.ts';
import { parseSubject, subjectKeyOf } from './subjects.ts';
import { account, inventoryOf } from './testing.ts';

const cart = parseSubject('sa:shop/cart');
const escalation = (yaml: string) => new Escalation(new AccessGraph(inventoryOf(yaml)));
const reach = (yaml: string) => escalation(yaml).reachOf(cart);
const idsOf = (yaml: string) =>
  escalation(yaml)
    .powersOf(cart)
    .map(({ power, names }) => [power.id, ...names].join(' '));
const wide = { wide: true } as const;
const pod = (name: string, runsAs: string, namespace = 'shop') => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}}
spec: {serviceAccountName: ${runsAs}, containers: [{name: a, image: b}]}
`;

describe('powersOf', () => {
  it('finds what a role allows beyond its words, the worst first', () => {
    expect(
      idsOf(
        account(
          'cart',
          '[{verbs: [list], apiGroups: [""], resources: [secrets]}, {verbs: [create], apiGroups: [""], resources: [serviceaccounts/token]}]',
        ),
      ),
    ).toEqual(['tokens', 'secrets']);
  });

  it('does not count within a namespace what only counts for the whole cluster', () => {
    const rules = '[{verbs: [impersonate], apiGroups: [""], resources: [users, groups]}]';
    expect(idsOf(account('cart', rules))).toEqual([]);
    expect(idsOf(account('cart', rules, wide))).toEqual(['impersonate-groups', 'impersonate-users']);
  });

  it('says which objects a power is limited to', () => {
    const rules = '[{verbs: [get], apiGroups: [""], resources: [secrets], resourceNames: [one, two]}]';
    expect(idsOf(account('cart', rules))).toEqual(['secrets one two']);
  });

  it('says of whom that may do everything nothing else', () => {
    expect(idsOf(account('cart', '[{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]', wide))).toEqual([
      'everything',
    ]);
  });

  it('calls everything by that name only when it is everything', () => {
    expect(idsOf(account('cart', '[{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]', wide))).toContain(
      'everything',
    );
    expect(idsOf(account('cart', '[{verbs: ["*"], apiGroups: [""], resources: ["*"]}]', wide))).not.toContain(
      'everything',
    );
  });
});

describe('reachOf', () => {
  it('goes on as whom a subject can act as, up to the whole cluster, by the fewest steps', () => {
    const { accounts, toCluster } = reach(
      account('cart', '[{verbs: [create], apiGroups: [apps], resources: [deployments]}]') +
        account(
          'deployer',
          '[{verbs: [create], apiGroups: [""], resources: [serviceaccounts/token]}]',
          wide,
        ) +
        account('boss', '[{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]', wide),
    );
    expect(accounts.map(({ subject }) => subjectKeyOf(subject)).sort()).toEqual([
      'ServiceAccount/shop/boss',
      'ServiceAccount/shop/deployer',
    ]);
    expect(toCluster?.map(({ from, to, held }) => [from.name, to?.name, held.power.id])).toEqual([
      ['cart', 'boss', 'create-workloads'],
      ['boss', undefined, 'everything'],
    ]);
  });

  it('reaches by commands in containers only what something runs as', () => {
    const rules = '[{verbs: [create], apiGroups: [""], resources: [pods/exec]}]';
    const yaml = account('cart', rules) + account('idle', '[]') + account('busy', '[]') + pod('a', 'busy');
    expect(reach(yaml).accounts.map(({ subject }) => subject.name)).toEqual(['busy']);
  });

  it('stays within the namespace that a role is given in', () => {
    const rules = '[{verbs: [create], apiGroups: [""], resources: [pods/exec]}]';
    const yaml = account('cart', rules) + pod('a', 'other', 'bank');
    expect(reach(yaml)).toEqual({ accounts: [], toCluster: undefined, isCut: false });
    expect(
      reach(account('cart', rules, wide) + pod('a', 'other', 'bank')).accounts.map(
        ({ subject }) => subject.namespace,
      ),
    ).toEqual(['bank']);
  });

  it('is not led astray by two that can act as each other', () => {
    const tokens = (name: string) =>
      `[{verbs: [create], apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [${name}]}]`;
    const { accounts, toCluster } = reach(account('cart', tokens('pay')) + account('pay', tokens('cart')));
    expect(accounts.map(({ subject }) => subject.name)).toEqual(['pay']);
    expect(toCluster).toBeUndefined();
  });

  it('counts acting as any group as the whole cluster, and as one group only for the one that may do all', () => {
    const impersonate = (names: string) =>
      account('cart', `[{verbs: [impersonate], apiGroups: [""], resources: [groups]${names}}]`, wide);
    expect(reach(impersonate('')).toCluster).toHaveLength(1);
    expect(reach(impersonate(', resourceNames: [ops]')).toCluster).toBeUndefined();
    expect(reach(impersonate(', resourceNames: ["system:masters"]')).toCluster).toHaveLength(1);
  });

  it('agrees, for everybody, with what says whether a subject leads to the whole cluster', () => {
    const tokens = (name: string) =>
      `[{verbs: [create], apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [${name}]}]`;
    const graph = new AccessGraph(
      inventoryOf(
        account('cart', tokens('pay')) +
          account('pay', tokens('boss')) +
          account('boss', '[{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}]', wide) +
          account('idle', tokens('idle')),
      ),
    );
    const all = new Escalation(graph);
    const leads = graph.subjects().filter((subject) => all.leadsToCluster(subject));
    expect(leads.map(({ name }) => name).sort()).toEqual(['boss', 'cart', 'pay']);
    for (const subject of graph.subjects())
      expect(all.reachOf(subject).toCluster !== undefined).toBe(all.leadsToCluster(subject));
  });
});

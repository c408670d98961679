import { describe, expect, it } from 'vitest';
import { NetworkGraph } from './network.ts';
import { inventoryOf } from './testing.ts';

const pods = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bank}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: a, image: b, ports: [{containerPort: 8080, name: http}]}]}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: []}}
---
{apiVersion: v1, kind: Pod, metadata: {name: teller, namespace: bank, labels: {app: web}}, spec: {containers: []}}
`;
const policy = (name: string, spec: string, namespace = 'shop') => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;
const http = { protocol: 'TCP', port: 8080, name: 'http' } as const;
const connect = (yaml: string, from: string, to: string, port = http) =>
  new NetworkGraph(inventoryOf(pods + yaml)).connection(`/Pod/${from}`, `/Pod/${to}`, port);

describe('connection', () => {
  it('is open where no policy concerns either end', () => {
    expect(connect('', 'shop/db', 'shop/web')).toMatchObject({ isOpen: true, ingress: { policies: [] } });
  });

  it('is closed by a policy that selects the target and lets nobody in', () => {
    const closed = connect(policy('deny', '{podSelector: {}}'), 'shop/db', 'shop/web');
    expect(closed).toMatchObject({ isOpen: false, egress: { isOpen: true } });
    expect(closed?.ingress.policies.map(({ name }) => name)).toEqual(['deny']);
  });

  it('is opened by any one of several policies', () => {
    const yaml =
      policy('deny', '{podSelector: {}}') +
      policy(
        'let',
        '{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: db}}}]}]}',
      );
    const open = connect(yaml, 'shop/db', 'shop/web');
    expect(open?.isOpen).toBe(true);
    expect(open?.ingress.policies.map(({ name }) => name)).toEqual(['let']);
    expect(connect(yaml, 'bank/teller', 'shop/web')?.isOpen).toBe(false);
  });

  it('is not opened from another namespace by a selector of pods alone', () => {
    const yaml = policy(
      'let',
      '{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}',
    );
    expect(connect(yaml, 'bank/teller', 'shop/db')?.isOpen).toBe(false);
    expect(connect(yaml, 'shop/web', 'shop/db')?.isOpen).toBe(true);
  });

  it('is opened from namespaces by their labels, with the name of the namespace as one', () => {
    const from = (selector: string) =>
      policy(
        'let',
        `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {${selector}}}}]}]}`,
      );
    expect(connect(from('kubernetes.io/metadata.name: bank'), 'bank/teller', 'shop/db')?.isOpen).toBe(true);
    expect(connect(from('team: a'), 'bank/teller', 'shop/db')?.isOpen).toBe(false);
    expect(connect(from('team: a'), 'shop/web', 'shop/db')?.isOpen).toBe(true);
  });

  it('needs the way out of the source as well as the way into the target', () => {
    const yaml = policy('out', '{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]}');
    expect(connect(yaml, 'shop/db', 'shop/web')).toMatchObject({
      isOpen: false,
      egress: { isOpen: false },
      ingress: { isOpen: true },
    });
    expect(connect(yaml, 'shop/web', 'shop/db')?.isOpen).toBe(true);
  });

  it.each([
    ['{port: 8080}', true],
    ['{port: http}', true],
    ['{port: 80}', false],
    ['{port: 8000, endPort: 8100}', true],
    ['{port: 8000, endPort: 8079}', false],
    ['{port: 8080, protocol: UDP}', false],
    ['{protocol: TCP}', true],
  ])('through a rule for the port %s is open: %s', (port, isOpen) => {
    const yaml = policy('let', `{podSelector: {}, ingress: [{ports: [${port}]}]}`);
    expect(connect(yaml, 'shop/db', 'shop/web')?.isOpen).toBe(isOpen);
  });

  it('by addresses lets no pod through, as nobody knows theirs', () => {
    const yaml = policy('let', '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}');
    expect(connect(yaml, 'shop/db', 'shop/web')?.isOpen).toBe(false);
  });

  it('with what has no pods is no question', () => {
    expect(connect('', 'shop/none', 'shop/web')).toBeUndefined();
  });
});

it('names kinds of policies that it does not evaluate', () => {
  const yaml =
    '\n---\n{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: a, namespace: shop}}';
  expect(new NetworkGraph(inventoryOf(pods + yaml)).notEvaluated()).toEqual(['CiliumNetworkPolicy']);
  expect(new NetworkGraph(inventoryOf(pods)).notEvaluated()).toEqual([]);
});

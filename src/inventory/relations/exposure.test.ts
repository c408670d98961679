import { describe, expect, it } from 'vitest';
import { Exposure } from './exposure.ts';
import { NetworkGraph } from './network.ts';
import { inventoryOf } from './testing.ts';

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a, image: b, ports: [{containerPort: 8080, name: http}]}]}
`;
const service = (fields: string, annotations = '{}') => `
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, annotations: ${annotations}}
spec: {selector: {app: web}, ports: [{name: main, port: 80, targetPort: http}], ${fields}}
`;
const policy = (spec: string) => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard, namespace: shop}
spec: ${spec}
`;
const key = 'apps/Deployment/shop/web';
const waysTo = (yaml: string) => new Exposure(new NetworkGraph(inventoryOf(web + yaml))).waysTo(key);

describe('waysTo', () => {
  it('finds none to what only a Service within the cluster selects', () => {
    expect(waysTo(service('type: ClusterIP'))).toEqual([]);
  });

  it('finds a load balancer, and the port of the pods that it ends at', () => {
    expect(waysTo(service('type: LoadBalancer'))).toMatchObject([
      { kind: 'load-balancer', scope: 'outside', state: 'open', ports: [{ port: 8080, name: 'http' }] },
    ]);
  });

  it.each([
    ['', '{networking.gke.io/load-balancer-type: Internal}', 'private'],
    ['loadBalancerSourceRanges: [10.0.0.0/8]', '{}', { sources: ['10.0.0.0/8'] }],
    ['loadBalancerSourceRanges: [0.0.0.0/0]', '{}', 'outside'],
  ])('knows who can reach a load balancer with %s %s', (fields, annotations, scope) => {
    expect(waysTo(service(`type: LoadBalancer, ${fields}`, annotations))[0]?.scope).toEqual(scope);
  });

  it('finds ports of nodes and external addresses', () => {
    expect(
      waysTo(service('type: NodePort, externalIPs: [192.0.2.1]')).map(({ kind, scope }) => [kind, scope]),
    ).toEqual([
      ['node-port', 'nodes'],
      ['external-ip', 'outside'],
    ]);
  });

  it('finds an Ingress with its hosts, once for several paths', () => {
    const path = '{path: /, backend: {service: {name: web, port: {name: main}}}}';
    const ingress = `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec: {rules: [{host: shop.example.org, http: {paths: [${path}, ${path}]}}, {host: www.example.org, http: {paths: [${path}]}}]}
`;
    const ways = waysTo(service('type: ClusterIP') + ingress);
    expect(ways).toHaveLength(1);
    expect(ways[0]).toMatchObject({ kind: 'ingress', hosts: ['shop.example.org', 'www.example.org'] });
    expect(ways[0]?.through.map(({ kind }) => kind)).toEqual(['Ingress', 'Service']);
  });

  it('finds a route of the Gateway API, from another namespace only by a grant', () => {
    const route = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: front, namespace: edge}
spec:
  parentRefs: [{name: public}]
  hostnames: [shop.example.org]
  rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]
`;
    const grant = `
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: edge, namespace: shop}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
  to: [{group: '', kind: Service}]
`;
    expect(waysTo(service('type: ClusterIP') + route)).toEqual([]);
    const [way] = waysTo(service('type: ClusterIP') + route + grant);
    expect(way?.through.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'Gateway public',
      'HTTPRoute front',
      'Service web',
    ]);
  });

  it.each([
    ['{podSelector: {}}', 'closed'],
    ['{podSelector: {}, ingress: [{}]}', 'open'],
    ['{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}', 'open'],
    ['{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}', 'limited'],
    ['{podSelector: {}, ingress: [{ports: [{port: 9090}]}]}', 'closed'],
    ['{podSelector: {}, ingress: [{ports: [{port: http}]}]}', 'open'],
    ['{podSelector: {matchLabels: {app: db}}}', 'open'],
  ])('with the policy %s is %s', (spec, state) => {
    expect(waysTo(service('type: LoadBalancer') + policy(spec))[0]?.state).toBe(state);
  });

  it('says of pods on the network of the host that no policy holds for them', () => {
    const agent = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec: {template: {metadata: {labels: {app: agent}}, spec: {hostNetwork: true, containers: [{name: a, ports: [{containerPort: 9100}]}]}}}
`;
    const exposure = new Exposure(new NetworkGraph(inventoryOf(agent + policy('{podSelector: {}}'))));
    expect(exposure.exposed()).toMatchObject([
      {
        key: 'apps/DaemonSet/shop/agent',
        ways: [{ kind: 'host-network', state: 'not-filtered', ports: [{ port: 9100 }] }],
      },
    ]);
  });
});

it('tells of a workload, and not of the pods that it makes', () => {
  const made = `
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-1, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: []}}}
`;
  const exposure = new Exposure(new NetworkGraph(inventoryOf(web + service('type: LoadBalancer') + made)));
  expect(exposure.exposed().map((one) => one.key)).toEqual([key]);
});

import { describe, expect, it } from 'vitest';
import { relatedTo } from './related.ts';
import { account, inventoryOf } from './testing.ts';

const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      imagePullSecrets: [{name: pull}]
      volumes: [{name: a, secret: {secretName: tls}}, {name: b, projected: {sources: [{configMap: {name: theme}}]}}]
      containers: [{name: a, env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: p}}}], envFrom: [{configMapRef: {name: flags}}]}]
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-1, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, volumes: [{name: a, secret: {secretName: tls}}]}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: tls, namespace: shop}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {podSelector: {}}}
`;
const related = (key: string, yaml = shop + account('web', '[]')) =>
  relatedTo(inventoryOf(yaml), key).map(
    ({ relation, object, isHeld }) =>
      `${relation} ${object.kind} ${object.name}${isHeld ? '' : ' (missing)'}`,
  );

describe('relatedTo', () => {
  it('tells of a workload what it makes, runs as, uses, and what selects it', () => {
    expect(related('apps/Deployment/shop/web')).toEqual([
      'makes ReplicaSet web-1',
      'runs as ServiceAccount web',
      'selected by Service web',
      'limited by NetworkPolicy deny',
      'mounts Secret tls',
      'mounts ConfigMap theme (missing)',
      'reads ConfigMap flags (missing)',
      'reads Secret db (missing)',
      'pulls with Secret pull (missing)',
    ]);
  });

  it('tells of what is made its owner', () => {
    expect(related('apps/ReplicaSet/shop/web-1')[0]).toBe('owned by Deployment web');
  });

  it('tells of a Secret who uses it, and of a Service who is behind and before it, without what they make', () => {
    expect(related('/Secret/shop/tls')).toEqual(['is used by Deployment web']);
    expect(related('/Service/shop/web')).toEqual(['selects Deployment web', 'routed by Ingress front']);
    expect(related('networking.k8s.io/Ingress/shop/front')).toEqual(['routes to Service web']);
    expect(related('networking.k8s.io/NetworkPolicy/shop/deny')).toEqual(['selects Deployment web']);
  });

  it('leads from an account over its binding to the role, and back', () => {
    expect(related('/ServiceAccount/shop/web')).toEqual([
      'is run as by Deployment web',
      'is bound by RoleBinding web',
      'gives Role web',
    ]);
    const group = 'rbac.authorization.k8s.io';
    expect(related(`${group}/Role/shop/web`)).toEqual(['is bound by RoleBinding web']);
    expect(related(`${group}/RoleBinding/shop/web`)).toEqual(['gives Role web', 'to ServiceAccount web']);
  });

  it('is nothing for what is not there', () => {
    expect(related('/Secret/shop/none')).toEqual([]);
  });
});

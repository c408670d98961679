import { loadAll } from 'js-yaml';
import { VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { KubeObject } from '../../model/object.ts';
import { Inventory } from '../inventory.ts';

/** For tests: an inventory of these manifests. */
export function inventoryOf(yaml: string): Inventory {
  const inventory = new Inventory({ cluster: 'test', clock: new VirtualClock(1000), log: silentLogger });
  const objects = loadAll(yaml).filter((object) => typeof object === 'object' && object !== null);
  inventory.apply(
    'test',
    objects.map((object) => ({
      type: 'put',
      object: object as KubeObject,
      origin: { source: 'test' },
      atMs: 0,
    })),
  );
  return inventory;
}

/** For tests: a ServiceAccount, with rules that it is given in its namespace, or in the whole cluster. */
export function account(name: string, rules: string, options: { readonly wide?: boolean } = {}): string {
  const kind = options.wide === true ? 'ClusterRole' : 'Role';
  const place = options.wide === true ? '' : ', namespace: shop';
  return `
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: ${name}, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: {name: ${name}${place}}
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata: {name: ${name}${place}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ${name}}
subjects: [{kind: ServiceAccount, name: ${name}, namespace: shop}]
`;
}

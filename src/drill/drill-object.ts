import type { KubeObject } from '../model/object.ts';

/** Namespace of everything that drills make; nothing real may live there. */
export const drillNamespace = 'skopos-drill';

/** Marks the object of a drill; its value is the drill's id. */
export const drillAnnotation = 'skopos.io/drill';

/** The control whose finding a drill follows: a privileged container. */
export const drillControlId = 'C-0057';

/** A pod that is well made but for one privileged container. It exists in our inventory only, never in the cluster. */
export function drillObject(id: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `drill-${id}`,
      namespace: drillNamespace,
      labels: { app: 'skopos-drill' },
      annotations: { [drillAnnotation]: id },
    },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'drill',
          image: 'registry.invalid/skopos-drill:1',
          securityContext: { privileged: true, readOnlyRootFilesystem: true },
          resources: { limits: { cpu: '1m', memory: '1Mi' }, requests: { cpu: '1m', memory: '1Mi' } },
        },
      ],
    },
  };
}

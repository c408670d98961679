import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import type { Verdict, VerdictState } from '../../model/verdict.ts';
import type { ClusterView } from '../control.ts';
import { type EngineChange, PostureEngine } from '../engine.ts';
import { defaultInputs } from '../inputs.ts';
import { judge } from '../judge-once.ts';
import { controls } from './index.generated.ts';

const allStates: readonly VerdictState[] = ['pass', 'fail', 'unknown', 'excepted', 'not-applicable'];

class World implements ClusterView {
  readonly objects = new Map<string, KubeObject>();
  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.list(kind, namespace).find((object) => object.metadata.name === name);
  }
  list(kind: string, namespace?: string): KubeObject[] {
    return [...this.objects.values()]
      .filter((one) => one.kind === kind && (namespace === undefined || refOf(one).namespace === namespace))
      .sort((a, b) => (keyOf(refOf(a)) < keyOf(refOf(b)) ? -1 : 1));
  }
  change(object: KubeObject, isGone: boolean): EngineChange {
    const ref = refOf(object);
    const key = keyOf(ref);
    if (isGone) this.objects.delete(key);
    else this.objects.set(key, object);
    return isGone ? { key, ref } : { key, ref, object };
  }
}

const name = fc.constantFrom('a', 'b');
const label = fc.constantFrom('x', 'y');
const labels = fc.record({ app: label, tier: label }, { requiredKeys: [] });
const image = fc.constantFrom('web:1', 'web');
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const podSpec = fc.record(
  {
    containers: fc.array(
      fc.record(
        {
          name,
          image,
          volumeMounts: fc.constantFrom([{ name: 'v', mountPath: '/v' }], 'broken'),
          ports: fc.constantFrom([{ name: 'http', containerPort: 80 }], [{ hostPort: 80 }]),
        },
        { requiredKeys: ['name'] },
      ),
      { maxLength: 2 },
    ),
    serviceAccountName: name,
    automountServiceAccountToken: fc.boolean(),
    volumes: fc.constantFrom(
      [{ name: 'v', secret: { secretName: 'a' } }],
      [{ name: 'v', configMap: { name: 'b' } }],
      [{ name: 'v', hostPath: { path: '/.aws/' } }],
      [{ name: 'v', persistentVolumeClaim: { claimName: 'a' } }],
    ),
  },
  { requiredKeys: ['containers'] },
);
const template = fc.record({ metadata: fc.record({ labels }), spec: podSpec });
const roleRef = fc.record({ kind: fc.constantFrom('Role', 'ClusterRole'), name });
const subjects = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('ServiceAccount'), name, namespace: fc.constant('shop') }),
    fc.constantFrom({ kind: 'Group', name: 'system:serviceaccounts' }),
  ),
  { maxLength: 2 },
);
const rules = fc.constantFrom(
  [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  'broken',
);
const backend = fc.record({ service: fc.record({ name }) });

/** Kinds that relations lead over, with what of them matters. */
const bodies: Readonly<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
  Pod: fc.record({ spec: podSpec, labels }),
  Deployment: fc.record({
    spec: fc.record({ selector: fc.record({ matchLabels: labels }), template }),
  }),
  Service: fc.record({
    labels: fc.constantFrom({}, { istio: 'gate' }),
    spec: fc.record({
      selector: optional(labels),
      type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
      ports: fc.constantFrom([{ port: 22 }], [{ port: 80, targetPort: 'http' }]),
    }),
  }),
  Ingress: fc.record({
    spec: fc.record({
      rules: fc.array(fc.record({ http: fc.record({ paths: fc.array(fc.record({ backend })) }) })),
    }),
  }),
  HTTPRoute: fc.record({
    spec: fc.record({ rules: fc.array(fc.record({ backendRefs: fc.array(fc.record({ name })) })) }),
  }),
  VirtualService: fc.record({
    spec: fc.record({
      gateways: fc.constant(['shop/a']),
      http: fc.array(fc.record({ route: fc.array(fc.record({ destination: fc.record({ host: name }) })) })),
    }),
  }),
  Gateway: fc.constant({ spec: { selector: { istio: 'gate' } } }),
  NetworkPolicy: fc.record({ spec: fc.record({ podSelector: fc.record({ matchLabels: labels }) }) }),
  ServiceAccount: fc.record({ automountServiceAccountToken: optional(fc.boolean()) }),
  Role: fc.record({ rules }),
  ClusterRole: fc.record({ rules }),
  RoleBinding: fc.record({ roleRef, subjects }),
  ClusterRoleBinding: fc.record({ roleRef, subjects }),
  Secret: fc.constant({}),
  ConfigMap: fc.constant({ data: { level: 'info' } }),
  PersistentVolumeClaim: fc.constant({}),
  HorizontalPodAutoscaler: fc.record({
    spec: fc.record({ scaleTargetRef: fc.record({ kind: fc.constant('Deployment'), name }) }),
  }),
  PersistentVolume: fc.record({ spec: fc.record({ storageClassName: name }) }),
  StorageClass: fc.record({ parameters: fc.constantFrom({}, { encrypted: 'true' }) }),
  Namespace: fc.constant({}),
  Node: fc.record({ spec: fc.constantFrom({}, { providerID: 'aws:///a' }) }),
  PodSecurityPolicy: fc.record({ spec: fc.record({ privileged: fc.boolean() }) }),
  ValidatingWebhookConfiguration: fc.constant({ webhooks: [{ rules: [{ scope: '*' }] }] }),
  ImageVulnerabilities: fc.constant({ data: [{ severity: 'Critical' }] }),
};

const clusterWide =
  /^(?:Cluster|Persistent(?:Volume)$|StorageClass|Namespace|Node|PodSecurity|Validating|Image)/;
const groups: Readonly<Record<string, string>> = { Deployment: 'apps/v1', Ingress: 'networking.k8s.io/v1' };

const subject = fc.constantFrom(...Object.keys(bodies)).chain((kind) =>
  fc
    .tuple(
      bodies[kind] ?? fc.constant<Record<string, unknown>>({}),
      name,
      fc.constantFrom('shop', 'istio-system'),
      image,
    )
    .map(([{ labels: own, ...body }, short, namespace, imageName]): KubeObject => {
      const place = clusterWide.test(kind) ? {} : { namespace };
      const called = kind === 'Namespace' ? 'shop' : kind.startsWith('Image') ? imageName : short;
      const metadata = {
        name: called,
        ...place,
        ...(own === undefined ? {} : { labels: own as Record<string, string> }),
      };
      return { apiVersion: groups[kind] ?? 'v1', kind, metadata, ...body };
    }),
);

const batches = fc.array(fc.array(fc.tuple(subject, fc.boolean()), { maxLength: 5 }), { maxLength: 10 });

it('stands with every control, after any sequence of changes, where one look at the end would', {
  timeout: 120_000,
}, () => {
  fc.assert(
    fc.property(batches, (sequence) => {
      const world = new World();
      const engine = new PostureEngine({ controls, inputs: defaultInputs, view: world });
      for (const batch of sequence) {
        engine.apply(batch.map(([object, isGone]) => world.change(object, isGone)));
      }
      engine.apply([]);
      const objects = [...world.objects.values()];
      const fresh = judge({ controls, inputs: defaultInputs, view: world, objects });
      const held = linesOf(engine.verdicts({ states: allStates }));
      const wanted = linesOf(fresh.verdicts({ states: allStates }));
      expect(held.filter((line) => !wanted.includes(line))).toEqual([]);
      expect(held.length).toBe(wanted.length);
      engine.apply(objects.map((object) => world.change(object, true)));
      expect(engine.held).toEqual({ verdicts: 0, units: 0, sets: 0, tokens: 0 });
    }),
    { numRuns: 100 },
  );
});

function linesOf(verdicts: Iterable<Verdict>): string[] {
  return [...verdicts].map((verdict) => JSON.stringify(verdict)).sort();
}

import { describe, expect, it } from 'vitest';
import { graveOf, type WeighedVulnerability } from '../model/grave-vulnerabilities.ts';
import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import { exposedCriticalVulnerabilities } from './controls/supply-chain/exposed-critical-vulnerabilities.ts';
import { exposedRemoteExecution } from './controls/supply-chain/exposed-remote-execution.ts';
import { manyVulnerabilities } from './controls/supply-chain/many-vulnerabilities.ts';
import { PostureEngine } from './engine.ts';
import type { KnownImage } from './image-facts.ts';
import { defaultInputs } from './inputs.ts';

const image = 'shop/web:1';
const deployment = (name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: {
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          { name: 'side', image: 'side:1' },
          { name: 'web', image },
        ],
      },
    },
  },
});
const service = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { type: 'LoadBalancer', selector: { app: name }, ports: [{ port: 80 }] },
});

const openssl = (id: string, more: Partial<WeighedVulnerability> = {}): WeighedVulnerability => ({
  ...{
    id,
    package: 'openssl',
    installed: '3.0.1',
    fixedIn: '3.0.2',
    severity: 'Critical',
    knownExploited: false,
  },
  ...more,
});
const whole = (...found: WeighedVulnerability[]): KnownImage => ({
  name: image,
  gap: '',
  grave: graveOf(found),
});

/** An engine over two Deployments, one of them open to the outside, and what is known of the image that each runs. */
function engineOf(images: Record<string, readonly KnownImage[]>, inputs = {}) {
  const objects = [deployment('open'), deployment('closed'), service('open')];
  const asked: string[] = [];
  const engine = new PostureEngine({
    controls: [exposedCriticalVulnerabilities, exposedRemoteExecution, manyVulnerabilities],
    inputs: { ...defaultInputs, ...inputs },
    view: {
      get: (kind, _namespace, name) => objects.find((one) => one.kind === kind && one.metadata.name === name),
      list: (kind) => objects.filter((one) => one.kind === kind),
      imagesOf(workload, container) {
        asked.push(workload.metadata.name);
        return container === 'side' ? [whole()] : (images[workload.metadata.name] ?? []);
      },
    },
  });
  engine.apply(objects.map((object) => ({ key: keyOf(refOf(object)), ref: refOf(object), object })));
  const verdict = (control: string, name: string) => engine.verdict(control, `apps/Deployment/shop/${name}`);
  return { engine, verdict, asked };
}

describe('controls of images', () => {
  it('name the container, the image, what is wrong with it and what mends it', () => {
    const found = [openssl('CVE-1'), openssl('CVE-2', { fixedIn: '', effect: 'code-execution' })];
    const { verdict } = engineOf({ open: [whole(...found)], closed: [whole(...found)] });
    expect(verdict('C-0083', 'open')).toMatchObject({
      state: 'fail',
      evidence: [
        {
          path: 'spec.template.spec.containers[1].image',
          stablePath: 'spec.template.spec.containers[name=web].image',
          message:
            'container web: the image shop/web:1 has 2 critical vulnerabilities, and a Service opens its pods to the outside: ' +
            'CVE-1 in openssl 3.0.1 (fixed in 3.0.2), CVE-2 in openssl 3.0.1 (no fix is known)',
        },
      ],
    });
    expect(verdict('C-0084', 'open')?.evidence[0]?.message).toContain(
      '1 vulnerability by which strangers can run code',
    );
    expect(verdict('C-0083', 'closed')?.state).toBe('pass');
    expect(verdict('C-0085', 'open')?.state).toBe('pass');
  });

  it('count by the inputs', () => {
    const found = [openssl('CVE-1'), openssl('CVE-2')];
    const { verdict } = engineOf(
      { open: [whole(...found)], closed: [] },
      { max_critical_vulnerabilities: ['1'] },
    );
    expect(verdict('C-0085', 'open')?.evidence[0]?.message).toContain(
      '2 critical vulnerabilities, more than 1',
    );
  });

  it('do not take for well what is not known, nor for unknown what is known to be wrong', () => {
    const gap = 'not all of it is known: a layer is missing';
    const part = (...found: WeighedVulnerability[]): KnownImage => ({
      name: image,
      gap,
      grave: graveOf(found),
    });
    const { verdict } = engineOf({
      open: [part(openssl('CVE-1'))],
      closed: [{ name: image, gap: 'not yet' }],
    });
    expect(verdict('C-0083', 'open')?.state).toBe('fail');
    expect(verdict('C-0085', 'open')).toMatchObject({
      state: 'unknown',
      reason: `container web: the image shop/web:1: ${gap}`,
    });
    expect(verdict('C-0085', 'closed')).toMatchObject({ state: 'unknown' });
    // Nobody reaches it, whatever it is.
    expect(verdict('C-0083', 'closed')?.state).toBe('pass');
  });

  it('say of what nobody describes that nobody does', () => {
    const { verdict } = engineOf({ open: [whole(openssl('CVE-1', { effect: 'undescribed' }))] });
    expect(verdict('C-0084', 'open')).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('CVE-1 in openssl'),
    });
  });

  it('fail for any image that a container runs', () => {
    const { verdict } = engineOf({ open: [whole(), whole(openssl('CVE-1'))] });
    expect(verdict('C-0083', 'open')?.state).toBe('fail');
  });

  it('judge again the workloads that they are told of, and no others', () => {
    const images = { open: [whole()], closed: [whole()] };
    const { engine, verdict, asked } = engineOf(images);
    images.open = [whole(openssl('CVE-1'))];
    asked.length = 0;
    const key = 'apps/Deployment/shop/open';
    const changes = engine.imagesChanged([key, 'apps/Deployment/shop/none']);
    expect(
      changes.map(({ verdict: { controlId, state }, before, causeKey }) => [
        controlId,
        before,
        state,
        causeKey,
      ]),
    ).toEqual([['C-0083', 'pass', 'fail', key]]);
    expect(new Set(asked)).toEqual(new Set(['open']));
    expect(verdict('C-0083', 'open')?.state).toBe('fail');
  });
});

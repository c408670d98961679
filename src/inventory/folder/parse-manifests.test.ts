import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, refOf } from '../../model/object.ts';
import { parseManifests } from './parse-manifests.ts';

const keys = (text: string) =>
  parseManifests(text, 'f.yaml').objects.map(({ object }) => keyOf(refOf(object)));

const first = (text: string) => {
  const { objects, problems } = parseManifests(text, 'f.yaml');
  return { object: objects[0]?.object as unknown as Record<string, never>, problems };
};

describe('documents', () => {
  it('are cut at --- lines, and each object knows its line', () => {
    const text = `# a shop
apiVersion: v1
kind: Namespace
metadata: {name: shop}
--- # next
apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
---
`;
    const { objects, problems } = parseManifests(text, 'f.yaml');
    expect(objects.map(({ object, line }) => [keyOf(refOf(object)), line])).toEqual([
      ['/Namespace//shop', 2],
      ['/Service/shop/cart', 6],
    ]);
    expect(problems).toEqual([]);
  });

  it('may start with a byte order mark and directives, and end lines in CRLF', () => {
    expect(
      keys('\ufeff%YAML 1.2\r\n---\r\napiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: a\r\n'),
    ).toEqual(['/Pod/default/a']);
  });

  it('do not end at --- inside a block scalar', () => {
    expect(
      keys('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  x: |\n    a\n    ---\n    b\n'),
    ).toEqual(['/ConfigMap/default/c']);
  });

  it('that are broken take no other with them, and are reported with line and column', () => {
    const text = `apiVersion: v1
kind: Pod
metadata: {name: good}
---
apiVersion: v1
kind: Pod
metadata:
  name: bad
 spec: {}
---
apiVersion: v1
kind: Pod
metadata: {name: also-good}
`;
    const { objects, problems } = parseManifests(text, 'dir/f.yaml');
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(['good', 'also-good']);
    expect(problems).toEqual([
      {
        severity: 'error',
        file: 'dir/f.yaml',
        line: 9,
        column: expect.any(Number),
        message: expect.stringMatching(/indentation|mapping/),
      },
    ]);
  });

  it('that are templates say what to do', () => {
    const { problems } = parseManifests('kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n', 'f.yaml');
    expect(problems[0]?.message).toMatch(/render the template first/);
  });

  it('with a key twice are read as kubectl reads them, with a warning', () => {
    const { object, problems } = first(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n  hostPID: false\n',
    );
    expect(object['spec']).toEqual({ hostPID: false });
    expect(problems).toMatchObject([{ severity: 'warning', line: 6, column: 3 }]);
  });

  it('never throw, whatever the text is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'a:-&*!{}[]"\'|>#% \n\t0,?\u0000é'.split('')) }),
        (text) => {
          expect(parseManifests(text, 'f').objects).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('scalars', () => {
  it.each([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['off', false],
    ['012', 10],
    ['0o12', 10],
    ['0x1F', 31],
    ['1_000', 1000],
    ['08', 8],
    ['1e3', 1000],
    ['1:30', '1:30'],
    ['2024-01-01', '2024-01-01'],
    ['"yes"', 'yes'],
    ['~', null],
    ['no-op', 'no-op'],
  ])('%s is read as kubectl does', (written, value) => {
    const { object } = first(`apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {x: ${written}}\n`);
    expect(object['spec']).toEqual({ x: value });
  });

  it('that should be text are made text and warned of', () => {
    const { object, problems } = first(`apiVersion: v1
kind: Pod
metadata: {name: a, labels: {version: 1.10, on: yes}}
spec: {containers: [{name: c, args: [-v, 3], env: [{name: DEBUG, value: true}]}]}
`);
    expect(object['metadata']).toMatchObject({ labels: { version: '1.1', true: 'true' } });
    expect(object['spec']).toMatchObject({
      containers: [{ args: ['-v', '3'], env: [{ name: 'DEBUG', value: 'true' }] }],
    });
    expect(problems).toMatchObject([{ severity: 'warning', line: 1 }]);
    expect(problems[0]?.message).toMatch(/metadata\.labels\.version.*put quotes/);
  });

  it('of merge keys are put in', () => {
    const { object } = first(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nx: &x {a: 1}\nspec:\n  <<: *x\n  b: 2\n',
    );
    expect(object['spec']).toEqual({ a: 1, b: 2 });
  });
});

describe('bounds', () => {
  it('refuse an alias bomb', () => {
    const levels = Array.from({ length: 9 }, (_, i) => {
      const next = `*l${i}`;
      return `l${i + 1}: &l${i + 1} [${Array(9).fill(next).join(', ')}]`;
    });
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nl0: &l0 [x, x]\n${levels.join('\n')}\n`;
    const { objects, problems } = parseManifests(text, 'f.yaml');
    expect(objects).toEqual([]);
    expect(problems[0]?.message).toMatch(/values once its aliases are put in/);
  });

  it('refuse what contains itself and what is nested too deeply, in YAML and JSON', () => {
    for (const text of [
      'kind: Pod\nx: &x [*x]\n',
      `kind: ${'['.repeat(300)}${']'.repeat(300)}`,
      `{"kind": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
    ])
      expect(parseManifests(text, 'f.yaml').problems).toMatchObject([{ severity: 'error' }]);
  });
});

describe('objects', () => {
  it('are taken out of lists, typed lists included, with their lines', () => {
    const text = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: a}
  - {apiVersion: apps/v1, kind: Deployment, metadata: {name: b, namespace: x}, spec: {items: [1]}}
---
{"apiVersion": "v1", "kind": "PodList", "items": [
  {"metadata": {"name": "c"}},
  {"metadata": {"name": "d"}}]}
`;
    const { objects } = parseManifests(text, 'f.yaml');
    expect(objects.map(({ object, line }) => [keyOf(refOf(object)), line])).toEqual([
      ['/Pod/default/a', 4],
      ['apps/Deployment/x/b', 7],
      ['/Pod/default/c', 10],
      ['/Pod/default/d', 11],
    ]);
  });

  it('of a list in plain JSON have their lines too', () => {
    const text = JSON.stringify({ kind: 'List', items: [pod('a'), pod('b')] }, undefined, 1);
    expect(parseManifests(text, 'f.json').objects.map(({ line }) => line)).toEqual([4, 11]);
    function pod(name: string) {
      return { apiVersion: 'v1', kind: 'Pod', metadata: { name } };
    }
  });

  it('get the default namespace where their kind has namespaces, and none where it has not', () => {
    expect(
      keys(`{apiVersion: v1, kind: Node, metadata: {name: n1, namespace: x}}
---
{apiVersion: example.com/v1, kind: Thing, metadata: {name: t}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}}
`),
    ).toEqual(['/Node//n1', 'example.com/Thing//t', 'networking.k8s.io/NetworkPolicy/default/p']);
  });

  it('without a kind, version or name are warned of, and other YAML is passed over', () => {
    const text = `replicas: 3
---
apiVersion: v2
name: chart
version: 1.0.0
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
---
apiVersion: v1
metadata: {name: x}
---
apiVersion: v1
kind: Pod
metadata: {}
---
- a list
`;
    const { objects, problems } = parseManifests(text, 'f.yaml');
    expect(objects).toEqual([]);
    expect(problems.map(({ line, message }) => [line, message.replace(/:.*/, '')])).toEqual([
      [10, 'this manifest has no kind'],
      [13, 'this Pod has no metadata.name'],
    ]);
  });
});

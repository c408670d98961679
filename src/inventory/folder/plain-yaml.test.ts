import fc from 'fast-check';
import { dump, loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import { readPlainYaml } from './plain-yaml.ts';
import { kubectlSchema } from './yaml-schema.ts';

/** What the general parser says; undefined when the text is not one document of YAML. */
function general(text: string): unknown {
  try {
    const documents = loadAll(text, { schema: kubectlSchema });
    return documents.length === 1 ? documents[0] : undefined;
  } catch {
    return undefined;
  }
}

it('reads what tools and people write, with the lines of items', () => {
  const text = `---
# kubectl get
apiVersion: v1
kind: List
items:
- apiVersion: v1   # first
  kind: ConfigMap
  metadata:
    name: "a"
    labels: {}
  data:
    'on': 'it''s'
    script: |
      line: 1
        # kept

      last
    "quoted key": |-
      x
    kept: |+
      y

-
  kind: Pod
  spec:
    containers:
      - name: web
        args: ["--a", "b: c"]
        command: [sh, -c]
        ports:
        - containerPort: 0x50
        - - 1
          - -2
        enabled: yes
        nothing:
        empty: []
      # between
      - --flag=a:b#c
`;
  expect(readPlainYaml(text)).toEqual({
    line: 2,
    itemLines: [5, 23],
    value: {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a', labels: {} },
          data: { on: "it's", script: 'line: 1\n  # kept\n\nlast\n', 'quoted key': 'x', kept: 'y\n\n' },
        },
        {
          kind: 'Pod',
          spec: {
            containers: [
              {
                name: 'web',
                args: ['--a', 'b: c'],
                command: ['sh', '-c'],
                ports: [{ containerPort: 80 }, [1, -2]],
                enabled: true,
                nothing: null,
                empty: [],
              },
              '--flag=a:b#c',
            ],
          },
        },
      ],
    },
  });
});

it.each([
  ['two lines of a plain scalar', 'a: b\n  c\n'],
  ['two lines of a quoted scalar', 'a: "b\n  c"\n'],
  ['an anchor', 'a: &x b\n'],
  ['an alias', 'a: *x\n'],
  ['a merge', '<<: {}\n'],
  ['a tag', 'a: !!str 1\n'],
  ['a folded block', 'a: >\n  b\n'],
  ['a tab', 'a:\tb\n'],
  ['a key given twice', 'a: 1\na: 2\n'],
  ['a key that is no text', '1: a\n'],
  ['a key that cannot be set', '__proto__: a\n'],
  ['a colon where none belongs', 'a: b: c\n'],
  ['an item of a mapping', 'a: 1\n- b\n'],
  ['less indentation than the block has', 'a:\n    b: 1\n  c: 2\n'],
  ['a template', 'a: {{ .Values.a }}\n'],
  ['another document', 'a: 1\n---\nb: 1\n'],
  ['the end of a document', 'a: 1\n...\n'],
  ['a scalar', 'a\n'],
  ['a list', '- a\n'],
  ['nothing', '# nothing\n'],
])('leaves %s to the general parser', (_name, text) => {
  expect(readPlainYaml(text)).toBeUndefined();
});

const nasty = fc.string({
  unit: fc.constantFrom(...'ab1 -:#\'"|>[]{},&*!?%@`~.\\\n=<yn0xü'),
  maxLength: 12,
});
const tame = fc.stringMatching(/^[a-z][a-z0-9./:-]{0,20}[a-z0-9]$/);
const scalarOf = (text: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 3, arbitrary: text }, fc.integer(), fc.boolean(), fc.constant(null), fc.double());
const documentOf = (text: fc.Arbitrary<string>) =>
  fc.dictionary(
    text,
    fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        scalarOf(text),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(text, tie('any'), { maxKeys: 3 }),
      ),
    })).any,
    { minKeys: 1, maxKeys: 4 },
  );
const layout = fc.record({
  indent: fc.constantFrom(1, 2, 4),
  seqNoIndent: fc.boolean(),
  lineWidth: fc.constantFrom(-1, 80),
});

it('says what the general parser says, or nothing, whatever the text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ' ',
      '  ',
      '\n',
      '\n\n',
      '-',
      '- ',
      ':',
      ': ',
      '#',
      ' #',
      '"',
      "'",
      "''",
      '|',
      '|-\n',
      '[',
      ']',
    ),
    fc.constantFrom(
      '{',
      '}',
      ', ',
      'a',
      'a: ',
      '1',
      '~',
      '?',
      '&',
      '*',
      '<<',
      '\\',
      '...',
      '---\n',
      'items:\n',
      'null',
      'a: [b, -c]\n',
      '["a","b"]',
    ),
  );
  const edit = fc.record({ at: fc.nat(), remove: fc.constantFrom(0, 0, 1, 3), insert: piece });
  let read = 0;
  fc.assert(
    fc.property(documentOf(nasty), layout, fc.array(edit, { maxLength: 4 }), (value, options, edits) => {
      let text = dump(value, options);
      for (const { at, remove, insert } of edits) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + insert + text.slice(from + remove);
      }
      const plain = readPlainYaml(text);
      if (plain === undefined) return;
      read++;
      expect(plain.value).toEqual(general(text));
    }),
    { numRuns: 2000 },
  );
  expect(read).toBeGreaterThan(100);
});

it('reads every document whose texts are tame', () => {
  fc.assert(
    fc.property(documentOf(tame), layout, (value, options) => {
      const text = dump(value, options);
      expect(readPlainYaml(text)?.value).toEqual(general(text));
    }),
  );
});

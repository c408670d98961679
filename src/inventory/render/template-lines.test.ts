import fc from 'fast-check';
import { expect, it } from 'vitest';
import { templateLines } from './template-lines.ts';

const template = `# what it is
{{- if .Values.on }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  template:
    spec:
      containers:
        {{- range .Values.containers }}
        - name: {{ .name }}
          image: {{ .image }}
          securityContext:
            privileged: {{ .privileged }}
        {{- end }}
{{- end }}
`;

const rendered = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: a
          image: r/a
          securityContext:
            privileged: true`;

it('finds the line of the template that a line was made of', () => {
  const lines = templateLines(rendered, template);
  const lineOf = (text: string) => lines[rendered.split('\n').findIndex((line) => line.includes(text))];
  expect(lineOf('kind: Deployment')).toBe(4);
  expect(lineOf('name: web')).toBe(6);
  expect(lineOf('image: r/a')).toBe(13);
  expect(lineOf('privileged: true')).toBe(15);
});

it('gives what a helper wrote the last line before it that is known', () => {
  const lines = templateLines(
    'spec:\n  a: 1\n  labels:\n    made: here\n  z: 2',
    'spec:\n  a: 1\n  {{ include "x" . }}\n  z: 2',
  );
  expect(lines).toEqual([1, 2, 2, 2, 4]);
});

it('never goes back, and stays in the template', () => {
  const text = fc.array(fc.constantFrom('a: 1', 'b: 2', '  a: {{ .x }}', '- c: 3', '{{ end }}', ''), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(text, text, (made, from) => {
      const lines = templateLines(made.join('\n'), from.join('\n'));
      expect(lines).toHaveLength(Math.max(1, made.length));
      expect([...lines].sort((a, b) => a - b)).toEqual(lines);
      expect(lines.every((line) => line >= 1 && line <= Math.max(1, from.length))).toBe(true);
    }),
  );
});

it('gives every line its own where nothing was to be filled in', () => {
  expect(templateLines(rendered, rendered)).toEqual(rendered.split('\n').map((_line, i) => i + 1));
});

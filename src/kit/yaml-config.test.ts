import { expect, it } from 'vitest';
import { z } from 'zod';
import { duration } from './duration.ts';
import { readYamlConfig } from './yaml-config.ts';

const schema = z.strictObject({
  listen: z.string().default(':9600'),
  rules: z
    .strictObject({ files: z.array(z.string()).default([]), interval: duration.default(15_000) })
    .optional(),
});

it('fills defaults, also from an empty file', () => {
  expect(readYamlConfig('', 'a.yaml', schema)).toEqual({ listen: ':9600' });
});

it.each([
  ['listne: x', 'a.yaml:1: listne: unknown key "listne" (did you mean "listen"?)'],
  ['listen: x\nrules:\n  file: []', 'a.yaml:3: rules.file: unknown key "file" (did you mean "files"?)'],
  ['rules:\n  files:\n    - a\n    - 7', /^a\.yaml:4: rules\.files\[1\]: .*string/],
  ['rules:\n  interval: soon', /^a\.yaml:2: rules\.interval: expected a duration such as 30s/],
  ['listen: [', /^a\.yaml:1: Flow sequence/],
  ['listen: a\nlisten: b', /^a\.yaml:2: Map keys must be unique/],
])('refuses %j where it is wrong', (text, message) => {
  expect(() => readYamlConfig(text, 'a.yaml', schema)).toThrow(message);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatReference, parseReference } from './reference.ts';

const digest = `sha256:${'0f'.repeat(32)}`;

it.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['team/shop', 'docker.io/team/shop:latest'],
  ['index.docker.io/nginx', 'docker.io/library/nginx:latest'],
  ['localhost/a', 'localhost/a:latest'],
  ['localhost:5000/a/b_c/d--e:V1', 'localhost:5000/a/b_c/d--e:V1'],
  ['ghcr.io/team/shop', 'ghcr.io/team/shop:latest'],
  [`ghcr.io/team/shop@${digest}`, `ghcr.io/team/shop@${digest}`],
  [`ghcr.io/team/shop:1@${digest}`, `ghcr.io/team/shop:1@${digest}`],
  ['[::1]:5000/a', '[::1]:5000/a:latest'],
])('%s is %s', (text, full) => {
  expect(formatReference(parseReference(text))).toBe(full);
  expect(parseReference(full)).toEqual(parseReference(text));
});

it.each([
  ['', 'the name of the repository is missing'],
  ['Nginx', 'in lower case'],
  ['a//b', '"" in its name'],
  ['a/-b', '"-b" in its name'],
  ['a:', 'a tag is'],
  ['a:-x', 'a tag is'],
  ['a@sha256:12', 'after "@" comes a digest'],
  [`a@${digest}@${digest}`, 'more than one "@"'],
  ['host.example:99999/a', 'no host name'],
  [`ghcr.io/${'a'.repeat(260)}`, 'longer than 255'],
  ['../../etc/passwd', 'no host name'],
])('%s is refused: %s', (text, problem) => {
  expect(() => parseReference(text)).toThrow(problem);
});

it('takes or refuses any text, and never shows control characters of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      try {
        expect(parseReference(formatReference(parseReference(text)))).toEqual(parseReference(text));
      } catch (error) {
        expect((error as Error).message).toMatch(/^[\x20-\x7e…]*$/);
      }
    }),
  );
});

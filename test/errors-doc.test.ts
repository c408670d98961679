import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const documented = new Set([...page.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map((match) => match[1] ?? ''));

/** Codes of error classes, and those that the HTTP server sends without one. */
const written = /\bcode = '([A-Z][A-Z0-9_]+)'|\bcode: '([A-Z][A-Z0-9_]+)'|[?:] '(BAD_REQUEST|INTERNAL)'/g;

const codes = new Set(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(root, 'src', file), 'utf8').matchAll(written)])
    .map((match) => match[1] ?? match[2] ?? match[3] ?? ''),
);

it('finds codes at all', () => {
  expect(codes).toContain('BAD_INPUT');
  expect(codes.size).toBeGreaterThan(10);
});

it.each([...codes])('docs/errors.md explains %s', (code) => {
  expect(documented).toContain(code);
});

it('explains no code that is gone', () => {
  expect([...documented].filter((code) => !codes.has(code))).toEqual([]);
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

it('is empty when nothing changed', () => {
  expect(unifiedDiff('a\n', 'a\n', 'f')).toBe('');
});

it('shows three lines around the change', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
  expect(unifiedDiff(before, before.replace('e\n', 'E\nE2\n'), 'x/y.yaml')).toBe(
    '--- a/x/y.yaml\n+++ b/x/y.yaml\n@@ -2,7 +2,8 @@\n b\n c\n d\n-e\n+E\n+E2\n f\n g\n h\n',
  );
});

it('is taken by git apply', () => {
  const line = fc.constantFrom('a', 'b', 'c', '', '  d: 1');
  const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => `${lines.join('\n')}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'skopos-diff-'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff(before, after, 'f');
      if (diff === '') return;
      writeFileSync(join(folder, 'f'), before);
      execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: diff });
      expect(readFileSync(join(folder, 'f'), 'utf8')).toBe(after);
    }),
    { numRuns: 30 },
  );
});

it('has a hunk for each place that changed', () => {
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
  const before = `${lines.join('\n')}\n`;
  const after = before.replace('line 3\n', 'line 3\nadded\n').replace('line 25\n', '');
  expect(unifiedDiff(before, after, 'a.yaml')).toBe(`--- a/a.yaml
+++ b/a.yaml
@@ -1,6 +1,7 @@
 line 1
 line 2
 line 3
+added
 line 4
 line 5
 line 6
@@ -22,7 +23,6 @@
 line 22
 line 23
 line 24
-line 25
 line 26
 line 27
 line 28
`);
});

it('is what git applies to the same end, with or without a last line end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-hunks-'));
  const file = join(folder, 'a.yaml');
  const text = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c: 1', ''), { minLength: 1, maxLength: 25 }), fc.boolean())
    .map(([lines, hasEnd]) => `x\n${lines.join('\n')}${hasEnd ? '\n' : 'z'}`);
  fc.assert(
    fc.property(text, text, (before, after) => {
      if (before === after) return;
      writeFileSync(file, before);
      execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
        cwd: folder,
        input: unifiedDiff(before, after, 'a.yaml'),
      });
      expect(readFileSync(file, 'utf8')).toBe(after);
    }),
    { numRuns: 40 },
  );
});

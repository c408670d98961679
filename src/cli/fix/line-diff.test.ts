import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineDiff } from './line-diff.ts';

it('has a hunk for each place that changed', () => {
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
  const before = `${lines.join('\n')}\n`;
  const after = before.replace('line 3\n', 'line 3\nadded\n').replace('line 25\n', '');
  expect(lineDiff(before, after, 'a.yaml')).toBe(`--- a/a.yaml
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
  const folder = mkdtempSync(join(tmpdir(), 'skopos-line-diff-'));
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
        input: lineDiff(before, after, 'a.yaml'),
      });
      expect(readFileSync(file, 'utf8')).toBe(after);
    }),
    { numRuns: 40 },
  );
});

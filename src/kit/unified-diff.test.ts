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

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { applyFix, isPlaceholder } from './fix/apply-fix.ts';
import { fixCommand } from './fix.ts';
import { scanCommand } from './scan.ts';

const source = `# The shop's front
apiVersion: v1
kind: Pod
metadata:
  name: web   # one
  namespace: shop
spec:
  hostNetwork: true  # for now
  containers:
  - name: web
    image: "example.com/web"
    command: [ "a",   'b' ]   # as it is

    securityContext:
      privileged: true
      capabilities:
        drop: [SYS_ADMIN]
  # the end
---
apiVersion: v1
kind: Pod
metadata: { name: api, namespace: shop }
spec:
  containers:
  - name: api
    image: example.com/api
    args:
      - |
        --text
        --- not a document
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-fix-'));
  await writeFile(join(folder, 'a.yaml'), source);
});

const fix = (...args: string[]) => runCli(fixCommand, ['fix', 'a.yaml', ...args], folder);
const text = () => readFile(join(folder, 'a.yaml'), 'utf8');

async function failing(): Promise<Set<string>> {
  const { out } = await runCli(scanCommand, ['scan', 'a.yaml', '-f', 'json'], folder);
  const { findings } = JSON.parse(out) as { findings: { controlId: string; fix?: { value?: string } }[] };
  return new Set(findings.map(({ controlId }) => controlId));
}

it('sets and deletes fields, and leaves every other line as it was', async () => {
  const { exitCode, out } = await fix('--include-controls', 'C-0057,C-0016,C-0041,C-0055');
  const lines = (await text()).split('\n');
  expect(out).toMatch(/^a\.yaml: mended \d+ of \d+ findings\n$/);
  expect(exitCode).toBeTypeOf('number');
  expect(lines).toContain('    command: [ "a",   \'b\' ]   # as it is');
  expect(lines).toContain('  name: web   # one');
  expect(lines).toContain('      privileged: false');
  expect(lines).toContain('      allowPrivilegeEscalation: false');
  expect(lines).toContain('        --- not a document');
  const touched = new Set(lines);
  const gone = source.split('\n').filter((line) => !touched.has(line));
  expect(gone.every((line) => /privileged|hostNetwork|drop/.test(line))).toBe(true);
  const after = await failing();
  expect(after).not.toContain('C-0057');
  expect(after).not.toContain('C-0016');
});

it('changes nothing with --dry-run, and prints a diff that git applies to the same end', async () => {
  const { out } = await fix('--dry-run');
  expect(await text()).toBe(source);
  expect(out).toMatch(/^--- a\/a\.yaml\n\+\+\+ b\/a\.yaml\n@@ /);
  await writeFile(join(folder, 'a.patch'), out);
  execFileSync('git', ['apply', 'a.patch'], { cwd: folder });
  const patched = await text();
  await writeFile(join(folder, 'a.yaml'), source);
  await fix();
  expect(patched).toBe(await text());
});

it('never writes a value that a person must choose, and lists it', async () => {
  const { exitCode, err } = await fix('--framework', 'AllControls');
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^left for you: a\.yaml:\d+: C-\d{4} .*: choose a value \(YOUR_VALUE\)$/m);
  expect(await text()).not.toMatch(/YOUR_|REMOVE_/);
});

it('has nothing more to do the second time', async () => {
  await fix('--framework', 'AllControls');
  const once = await text();
  await fix('--framework', 'AllControls');
  expect(await text()).toBe(once);
});

it('keeps line ends of Windows', async () => {
  await writeFile(join(folder, 'a.yaml'), source.replaceAll('\n', '\r\n'));
  await fix();
  const fixed = await text();
  expect(fixed).toContain('privileged: false\r\n');
  expect(fixed.replaceAll('\r\n', '')).not.toContain('\n');
});

it('drops one more capability without losing one, and none when all are dropped', () => {
  const drop = { path: 'spec.drop[0]', value: 'NET_RAW' };
  expect(applyFix('spec:\n  drop: [SYS_ADMIN] # why\n', drop)).toBe(
    'spec:\n  drop: [ SYS_ADMIN, NET_RAW ] # why\n',
  );
  expect(applyFix('spec:\n  drop: [ALL]\n', drop)).toBe('spec:\n  drop: [ALL]\n');
});

it('leaves alone what an anchor would carry elsewhere', () => {
  const yaml = 'a: &one\n  x: true\nb: *one\n';
  expect(applyFix(yaml, { path: 'a.x', value: 'false' })).toBeUndefined();
  expect(applyFix(yaml, { path: 'c.x', value: 'false' })).toBe(`${yaml}c:\n  x: false\n`);
});

it.each([
  ['YOUR_VALUE', 'metadata.labels.app', true],
  ['x', 'metadata.labels[YOUR_LABEL]', true],
  ['<name>', 'spec.a', true],
  ['AWS_LOADBALANCER_SSL_CERT', 'metadata.annotations.x', true],
  ['NET_RAW', 'spec.securityContext.capabilities.drop[0]', false],
  ['RuntimeDefault', 'spec.a', false],
  ['false', 'spec.a', false],
])('%s at %s is a placeholder: %s', (value, path, expected) => {
  expect(isPlaceholder({ path, value })).toBe(expected);
});

it('exits 2 for what is no file', async () => {
  expect(await runCli(fixCommand, ['fix', 'cluster'], folder)).toMatchObject({ exitCode: 2 });
});

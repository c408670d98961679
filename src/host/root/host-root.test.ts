import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostRoot } from './host-root.ts';

let base: string;
let folder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'skopos-root-'));
  folder = join(base, 'host');
  mkdirSync(join(folder, 'etc'), { recursive: true });
  mkdirSync(join(base, 'secret'));
  writeFileSync(join(base, 'secret/key'), 'do not tell');
  writeFileSync(join(folder, 'etc/here'), 'well');
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

const read = (path: string, most = 1000) => new HostRoot(folder).text(path, most);

describe('links of the host', () => {
  it('lead to where the host would go', async () => {
    symlinkSync('/etc/here', join(folder, 'absolute'));
    symlinkSync('../etc/./here', join(folder, 'etc/relative'));
    symlinkSync('/etc', join(folder, 'folder'));
    for (const path of ['/absolute', '/etc/relative', '/folder/here', '//folder//..//etc/here'])
      expect(await read(path)).toEqual({ value: 'well' });
  });

  it('never lead out of the root', async () => {
    symlinkSync(join(base, 'secret/key'), join(folder, 'absolute'));
    symlinkSync(`../../../../../../../../../../..${join(base, 'secret/key')}`, join(folder, 'etc/relative'));
    symlinkSync('../../secret', join(folder, 'etc/up'));
    for (const path of [
      '/absolute',
      '/etc/relative',
      '/etc/up/key',
      '/../secret/key',
      '/etc/../../secret/key',
    ])
      expect(await read(path)).toMatchObject({ obstacle: 'absent' });
  });

  it('may lead in a circle, which ends', async () => {
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect(await read('/a')).toMatchObject({ obstacle: 'loop' });
  });
});

describe('what is no small regular file', () => {
  it('is not waited for when it is a pipe', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await read('/pipe')).toEqual({ obstacle: 'no-file', reason: '/pipe: is no regular file' });
  });

  it('is not read when it is a folder, or too large', async () => {
    expect(await read('/etc')).toMatchObject({ obstacle: 'no-file' });
    writeFileSync(join(folder, 'huge'), '');
    truncateSync(join(folder, 'huge'), 1024 ** 3);
    expect(await read('/huge')).toEqual({ obstacle: 'too-large', reason: '/huge: has more than 1000 bytes' });
    expect(await read('/etc/here', 3)).toMatchObject({ obstacle: 'too-large' });
    expect(await read('/etc/here', 4)).toEqual({ value: 'well' });
  });

  it('is not there', async () => {
    expect(await read('/etc/none')).toMatchObject({ obstacle: 'absent' });
    expect(await read('/etc/here/below')).toMatchObject({ obstacle: 'absent' });
  });
});

it('reads files of /proc, which say that they are empty', async () => {
  const read = await new HostRoot('/proc').text('/self/../1/../sys/kernel/ostype');
  expect(read).toEqual({ value: 'Linux\n' });
});

it('tells mode and owner without a right to read', async () => {
  chmodSync(join(folder, 'etc/here'), 0o000);
  expect(await new HostRoot(folder).stat('/etc/here')).toMatchObject({
    value: { mode: 0, uid: process.getuid?.(), isFile: true, isFolder: false },
  });
});

it('lists folders, and does not take a part for the whole', async () => {
  writeFileSync(join(folder, 'etc/also'), '');
  expect(await new HostRoot(folder).list('/etc')).toEqual({ value: ['also', 'here'] });
  expect(await new HostRoot(folder).list('/etc', 1)).toMatchObject({ obstacle: 'too-large' });
  expect(await new HostRoot(folder).list('/etc/here')).toMatchObject({ obstacle: 'no-file' });
});

it.skipIf(process.getuid?.() === 0)('says what would be needed for what is denied', async () => {
  chmodSync(join(folder, 'etc/here'), 0o000);
  expect(await read('/etc/here')).toMatchObject({
    obstacle: 'denied',
    reason: expect.stringContaining('node.asRoot'),
  });
});

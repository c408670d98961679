import { expect, it } from 'vitest';
import { filesMatching } from './glob.ts';

const folders: Readonly<Record<string, readonly string[]>> = {
  '/': ['etc'],
  '/etc': ['rules', 'main.yml'],
  '/etc/rules': ['b.yml', 'a.yml', 'a.txt', 'x[1].yml', '.hidden.yml'],
  '.': ['rules', 'one.yml'],
  rules: ['r.yml'],
  '..': ['up.yml'],
};
const list = (folder: string): readonly string[] => {
  const names = folders[folder];
  if (names === undefined) throw new Error('no such folder');
  return names;
};

it.each([
  [
    '/etc/rules/*.yml',
    ['/etc/rules/.hidden.yml', '/etc/rules/a.yml', '/etc/rules/b.yml', '/etc/rules/x[1].yml'],
  ],
  ['/etc/rules/?.yml', ['/etc/rules/a.yml', '/etc/rules/b.yml']],
  ['/etc/rules/[^a]*.yml', ['/etc/rules/.hidden.yml', '/etc/rules/b.yml', '/etc/rules/x[1].yml']],
  ['/etc/rules/x\\[1].yml', ['/etc/rules/x[1].yml']],
  ['/etc/*/a.txt', ['/etc/rules/a.txt']],
  ['/etc/rules/../main.yml', ['/etc/main.yml']],
  ['*.yml', ['one.yml']],
  ['rules/r.yml', ['rules/r.yml']],
  ['../*.yml', ['../up.yml']],
  ['/none/*.yml', []],
])('finds by %s', (pattern, files) => {
  expect(filesMatching(pattern, list)).toEqual(files);
});

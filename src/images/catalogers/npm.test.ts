import { expect, it } from 'vitest';
import { catalogedBy } from '../../../test/support/cataloged.ts';
import { npm } from './npm.ts';

it('finds packages with a name and a version, nested ones and scoped ones', () => {
  const packages = catalogedBy(npm, {
    '/app/package.json': '{"name": "app", "version": "1.0.0", "license": "UNLICENSED", "private": true}',
    '/app/node_modules/@babel/core/package.json':
      '\ufeff{"name": "@babel/core", "version": "7.0.0", "license": "MIT", "author": {"name": "The Babel Team"}}',
    '/app/node_modules/a/node_modules/minimist/package.json':
      '{"name": "minimist", "version": "0.0.8", "licenses": [{"type": "MIT", "url": "x"}, "ISC"]}',
  });
  expect(packages).toMatchObject([
    { name: 'app', version: '1.0.0', purl: 'pkg:npm/app@1.0.0' },
    { name: '@babel/core', purl: 'pkg:npm/%40babel/core@7.0.0', details: { vendor: 'The Babel Team' } },
    { name: 'minimist', version: '0.0.8', licenses: ['MIT', 'ISC'] },
  ]);
  expect(packages[1]?.cpes).toEqual(['cpe:2.3:a:\\@babel\\/core:\\@babel\\/core:7.0.0:*:*:*:*:*:*:*']);
});

it.each([
  ['has no version', '{"name": "x"}'],
  ['is a template', '{"name": "<%= name %>", "version": "1.0.0"}'],
  ['has a version to be filled in', '{"name": "x", "version": "{{version}}"}'],
  ['is broken, as those are that packages bring for their tests', '{"name": "x", "version"'],
  ['is a list', '[]'],
  ['has names that are none', '{"name": {"a": 1}, "version": 3}'],
])('passes over what %s', (_what, text) => {
  expect(catalogedBy(npm, { '/app/package.json': text })).toEqual([]);
});

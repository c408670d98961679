import { expect, it } from 'vitest';
import { imageOf } from '../../../test/support/cataloged.ts';
import { assemblePackages } from './assemble.ts';
import type { Cataloger } from './cataloger.ts';
import { newPackage } from './new-package.ts';

const cataloger: Cataloger<string> = {
  name: 'test',
  revision: 1,
  wants: () => true,
  read: () => '',
  assemble: (files) =>
    files.map((file) =>
      newPackage({
        ...{ type: 'npm', name: 'a', version: file.evidence, purl: '', foundBy: 'test' },
        at: [file],
      }),
    ),
};

it('leaves out what has a version that no package has, and says so', () => {
  const problems: string[] = [];
  const files = ['1'.repeat(1001), '1.0', '2'.repeat(5000)].map((evidence, i) => ({
    ...{ path: `/${i}/package.json`, layer: '', evidence },
  }));
  const packages = assemblePackages(
    [cataloger as Cataloger],
    new Map([['test', files]]),
    imageOf(),
    (problem) => problems.push(problem.message),
  );
  expect(packages).toMatchObject([{ version: '1.0' }]);
  expect(problems).toEqual([
    '/0/package.json: this record of a package (npm) cannot be read: its name or version has more than 1000 characters, and so have 1 more',
  ]);
});

import { expect, it } from 'vitest';
import { packageOf } from '../../../test/support/vulnerability-data.ts';
import type { Package } from '../../model/package.ts';
import { isQualified, type QualifiedAs } from './qualifiers.ts';

const none = { platformCpes: [], architectures: [], goImports: [] };
const rpm = (details: Package['details']) => packageOf({ type: 'rpm', name: 'lib', version: '1-1', details });
const platform = (vendor: string, product: string) => `cpe:2.3:o:${vendor}:${product}:*:*:*:*:*:*:*:*`;

it.each<[string, readonly string[], Package['details'], Partial<QualifiedAs>, boolean]>([
  ['the same by another name', ['x86_64'], { architecture: 'amd64' }, {}, true],
  ['another', ['aarch64'], { architecture: 'x86_64' }, {}, false],
  ['sources', ['src'], { architecture: 'x86_64' }, {}, true],
  ['any binary', ['binary-no-arch-specified'], { architecture: 'x86_64' }, {}, true],
  [
    'any binary, of what it was built from',
    ['binary-no-arch-specified'],
    { architecture: 'x86_64' },
    { isSource: true },
    false,
  ],
  ['one, of what it was built from', ['x86_64'], { architecture: 'x86_64' }, { isSource: true }, false],
  ['all', ['noarch'], { architecture: 'x86_64' }, {}, true],
  ['one, and the package is for all', ['x86_64'], { architecture: 'noarch' }, {}, true],
  ['one, and the package tells none', ['x86_64'], {}, {}, true],
  ['one, and the package tells none, of what is unaffected', ['x86_64'], {}, { isUnaffected: true }, false],
  ['all, of what is unaffected', ['noarch'], { architecture: 'x86_64' }, { isUnaffected: true }, false],
])(
  'an advisory for %s holds for a package: %s of %j as %j is %s',
  (_what, architectures, details, as, wanted) => {
    const found = isQualified(rpm(details), { ...none, architectures }, { distribution: 'rhel', ...as });
    expect(found).toBe(wanted);
  },
);

it('goes by no architecture of what is neither rpm nor apk', () => {
  const found = packageOf({ type: 'deb', name: 'lib', version: '1', details: { architecture: 'amd64' } });
  expect(isQualified(found, { ...none, architectures: ['aarch64'] }, { distribution: 'debian' })).toBe(true);
});

it.each([
  ['rhel', 'nodejs:18', '', false],
  ['ol', 'nodejs:18', '', true],
  ['ol', 'nodejs:18', 'nodejs:20:1', false],
])(
  'on %s, what is for module %s holds for a package of module "%s": %s',
  (distribution, rpmModularity, modularity, wanted) => {
    expect(isQualified(rpm({ modularity }), { ...none, rpmModularity }, { distribution })).toBe(wanted);
  },
);

it.each([
  ['debian', [platform('microsoft', 'windows')], false],
  ['', [platform('microsoft', 'windows')], true],
  ['debian', [platform('maker', 'windows_client')], true],
  ['debian', [platform('debian', 'debian_linux')], true],
  ['alpine', [platform('debian', 'debian_linux')], false],
  ['ubuntu', [platform('canonical', 'ubuntu_linux')], true],
  ['debian', [platform('debian', 'debian_linux'), platform('microsoft', 'windows')], false],
  ['', [platform('wordpress', 'wordpress')], false],
])('in an image of "%s", %j holds: %s', (distribution, platformCpes, wanted) => {
  const found = packageOf({ type: 'npm', name: 'lib', version: '1' });
  expect(isQualified(found, { ...none, platformCpes }, { distribution })).toBe(wanted);
});

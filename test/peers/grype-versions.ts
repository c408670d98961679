import type { PackageType } from '../../src/model/package.ts';
import type { Random } from './promql-random.ts';

/** How versions of a type are made up, and what its advisories call their order. */
interface VersionGrammar {
  /** `version.type` of ranges. */
  readonly format: string;
  readonly parts: readonly (readonly string[])[];
}

const numbers = ['1.2.3', '1.2.10', '1.3', '1.3.0', '2.0.0', '0.9', '10.1.2', '1.2'];
const plainNumbers = numbers.filter((number) => number !== '1.3.0');
const semantic = ['1.2.3', '1.2.10', '1.3.0', '2.0.0', '0.9.0', '10.1.2', '1.2.4'];
const debian = (suffixes: readonly string[]): VersionGrammar => ({
  format: 'dpkg',
  parts: [['', '', '', '1:', '2:'], [...numbers, '1.2.3~rc1', '1.2.3+dfsg', '1.2.3a'], suffixes],
});
// rpm takes 1.3.0 for newer than 1.3, and so do we; for Grype they are the same.
const redHat = (suffixes: readonly string[]): VersionGrammar => ({
  format: 'rpm',
  parts: [['', '', '', '1:', '2:', '0:'], [...plainNumbers, '1.2.3~rc1', '1.2.3a'], ['-'], suffixes],
});
const alpine: VersionGrammar = {
  format: 'apk',
  parts: [
    [...numbers, '1.2.3_rc1', '1.2.3_p1', '1.2.3_git20230101', '1.2.3a'],
    ['-r0', '-r1', '-r10', '-r2'],
  ],
};
const semver = (format: string, more: readonly string[] = []): VersionGrammar => ({
  format,
  parts: [semantic, ['', '', '', '-rc.1', '-alpha', '-beta.2', '+build.5', ...more]],
});

/** Few enough that packages often have the very version of a range's end. */
const grammars = {
  debian: debian(['', '-1', '-1+deb12u1', '-1+deb12u2', '-2', '-1~bpo12+1', '-0.1']),
  ubuntu: debian(['-1', '-1ubuntu1', '-1ubuntu0.1', '-1ubuntu0.2', '-1ubuntu0.1+esm1', '-1ubuntu0.1~esm2']),
  redHat: redHat(['1.el9', '2.el9', '2.el9_4', '2.el9_4.1', '10.el9', '2.el9_2']),
  modular: redHat(['1.module+el9+1+a', '2.module+el9+2+b', '1.el9']),
  suse: redHat(['150000.1.1', '150000.3.2.1', '150400.5.1', '1.1']),
  amazon: redHat(['1.amzn2023', '1.amzn2023.0.2', '2.amzn2023.0.1']),
  alpine,
  arch: {
    format: 'pacman',
    // An epoch that only one side has counts as pacman counts it; for Grype it says nothing.
    parts: [
      ['0:', '1:'],
      [...plainNumbers, '1.2.3.r5.gabc'],
      ['-1', '-2', '-10'],
    ],
  },
  gentoo: {
    format: 'portage',
    parts: [
      [...numbers, '1.2.3_rc1', '1.2.3_p1', '1.2b'],
      ['', '-r1', '-r2', '-r10'],
    ],
  },
  npm: semver('semver'),
  python: {
    format: 'python',
    parts: [
      [...numbers, '1!0.1'],
      ['', '', '', 'rc1', 'a2', '.post1', '.dev3', 'b1', '+local.1'],
    ],
  },
  java: {
    format: 'maven',
    parts: [numbers, ['', '', '', '-SNAPSHOT', '.Final', '-rc1', '-alpha-1', '.RELEASE', '.jre11', '-1']],
  },
  go: {
    format: 'go',
    parts: [['v'], semantic, ['', '', '', '-rc.1', '+incompatible', '-0.20230101120000-abcdef123456']],
  },
  stdlib: { format: 'go', parts: [['go1.'], ['20', '21', '22'], ['', '.1', '.10', '.3', 'rc1']] },
  gem: { format: 'gem', parts: [numbers, ['', '', '', '.rc1', '.pre', '.beta2', '-java', '-x86_64-linux']] },
  rust: semver('semver'),
  php: semver('semver', ['-dev', '-RC1']),
  dotnet: semver('semver'),
  hex: semver('semver'),
  dart: semver('semver'),
  bitnami: { format: 'bitnami', parts: [semantic, ['', '-0', '-1', '-12']] },
  jvm: {
    format: 'jvm',
    parts: [
      [
        '1.8.0_302',
        '1.8.0_302-b08',
        '1.8.0_351',
        '11.0.2',
        '11.0.22+7',
        '17.0.1+12',
        '17.0.10',
        '21',
        '1.7.0_80',
      ],
    ],
  },
  open: {
    format: '',
    parts: [
      [...numbers, 'v1.2.3', '1.2.3p1', '1.2.3p15'],
      ['', '', '', '-rc1', 'a', 'b2', '_1'],
    ],
  },
  r: { format: '', parts: [['1.2.3', '1.2-3', '1.2.10', '2.0', '0.9-10', '0.9-9']] },
} as const satisfies Readonly<Record<string, VersionGrammar>>;

export type Grammar = keyof typeof grammars;

export function formatOf(grammar: Grammar): string {
  return grammars[grammar].format;
}

export function versionOf(grammar: Grammar, random: Random): string {
  return grammars[grammar].parts.map((part: readonly string[]) => random.pick(part)).join('');
}

/** Types whose advisories are kept by ecosystem, with how their versions look. */
export const ecosystems: readonly { readonly type: PackageType; readonly grammar: Grammar }[] = [
  { type: 'npm', grammar: 'npm' },
  { type: 'python', grammar: 'python' },
  { type: 'java-archive', grammar: 'java' },
  { type: 'go-module', grammar: 'go' },
  { type: 'gem', grammar: 'gem' },
  { type: 'rust-crate', grammar: 'rust' },
  { type: 'php-composer', grammar: 'php' },
  { type: 'dotnet', grammar: 'dotnet' },
  { type: 'hex', grammar: 'hex' },
  { type: 'bitnami', grammar: 'bitnami' },
  { type: 'binary', grammar: 'open' },
  { type: 'R-package', grammar: 'r' },
  { type: 'lua-rocks', grammar: 'open' },
];

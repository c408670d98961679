import type { Classifier } from './classifier.ts';

const release = '\\d+\\.\\d+\\.\\d+';

/** More programs, of the kind that images for building, serving files and handling data bring. */
export const toolClassifiers: readonly Classifier[] = [
  {
    file: /^ldapsearch$/,
    name: 'openldap',
    cpes: [['openldap', 'openldap']],
    evidence: [{ near: '$OpenLDAP: ldapsearch ', pattern: new RegExp(`ldapsearch (${release})`) }],
  },
  {
    file: /^zstd$/,
    name: 'zstd',
    cpes: [['facebook', 'zstandard']],
    evidence: [{ near: '\0v', pattern: new RegExp(`^\\0v(${release})\\0`) }],
  },
  {
    file: /^jq$/,
    name: 'jq',
    cpes: [['jqlang', 'jq']],
    evidence: [{ near: '\x001.', pattern: /^\0(1\.\d{1,3}(?:\.\d+)?)\0/ }],
  },
  {
    file: /^ffmpeg$/,
    name: 'ffmpeg',
    cpes: [['ffmpeg', 'ffmpeg']],
    evidence: [{ near: '%s version ', pattern: /^%s version (\d+\.\d+(?:\.\d+)?(?:\+[\w.]*\w)?)/ }],
  },
  {
    file: /^libav(?:codec|device|filter|format|util).*\.so|^libswresample.*\.so/,
    name: 'ffmpeg',
    cpes: [['ffmpeg', 'ffmpeg']],
    evidence: [{ near: 'FFmpeg version ', pattern: /^FFmpeg version (\d+\.\d+(?:\.\d+)?(?:\+[\w.]*\w)?)/ }],
  },
  {
    file: /^deno$/,
    name: 'deno',
    cpes: [['deno', 'deno']],
    evidence: [{ near: 'Deno/', pattern: new RegExp(`^Deno/(${release})`) }],
  },
  {
    file: /^bun$/,
    name: 'bun',
    cpes: [
      ['oven-sh', 'bun'],
      ['bun', 'bun'],
    ],
    evidence: ['un v', 'bun ', 'bun-'].map((near) => ({
      near,
      before: 1,
      pattern: new RegExp(`[Bb]un(?: v?|-)(${release})`),
    })),
  },
  {
    file: /^dart$/,
    name: 'dart',
    cpes: [['dart', 'dart_software_development_kit']],
    evidence: ['(stable)', '(beta)', '(dev)'].map((near) => ({
      near,
      before: 40,
      after: 0,
      pattern: new RegExp(`\\0(${release}(?:-\\d+(?:\\.\\d+)?\\.beta)?) \\(`),
    })),
  },
  {
    file: /^elixir$/,
    name: 'elixir',
    cpes: [['elixir-lang', 'elixir']],
    evidence: [
      {
        near: 'ELIXIR_VERSION=',
        pattern: new RegExp(`^ELIXIR_VERSION=(${release}(?:-[a-z0-9]+(?:\\.\\d+)?)?)`),
      },
    ],
  },
  {
    file: /^gcc$/,
    name: 'gcc',
    cpes: [['gnu', 'gcc']],
    evidence: [{ near: 'GCC: (GNU) ', pattern: new RegExp(`^GCC: \\(GNU\\) (${release})`) }],
  },
  {
    file: /^fluent-bit$/,
    name: 'fluent-bit',
    purl: { type: 'github', namespace: 'fluent' },
    cpes: [['treasuredata', 'fluent_bit']],
    evidence: [
      {
        near: 'Fluent',
        before: 24,
        after: 0,
        pattern: new RegExp(`\\0(${release})\\0(?:\\x1b\\[1m)?\\0{0,2}(?:%s)?Fluent$`),
      },
    ],
  },
  {
    file: /^traefik$/,
    name: 'traefik',
    cpes: [['traefik', 'traefik']],
    evidence: ['\x001.', '\x002.', '\x003.', '\0v1.'].map((near) => ({
      near,
      pattern: new RegExp(`^\\0v?(${release}(?:-(?:alpha|beta|rc)\\d)?)\\0`),
    })),
  },
  {
    file: /^wp$/,
    name: 'wp-cli',
    cpes: [['wp-cli', 'wp-cli']],
    evidence: [{ near: 'wp-cli/wp-cli ', pattern: new RegExp(`^wp-cli/wp-cli (${release})`) }],
  },
  {
    file: /^libkrb5\.so/,
    name: 'krb5',
    cpes: [['mit', 'kerberos_5']],
    evidence: [{ near: 'KRB5_BRAND: ', pattern: /^KRB5_BRAND: krb5-\S+ (\d+(?:\.\d+){1,2})\s/ }],
  },
];

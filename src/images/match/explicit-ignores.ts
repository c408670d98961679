import type { Package } from '../../model/package.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';

interface ExplicitIgnore {
  readonly type: Package['type'];
  readonly vulnerabilities: readonly string[];
  readonly packages: readonly string[];
  readonly why: string;
}

/**
 * What the data is known to get wrong for everybody.
 *
 * Source: https://github.com/anchore/grype/blob/main/grype/match/explicit_ignores.go
 */
const ignores: readonly ExplicitIgnore[] = [
  {
    type: 'java-archive',
    vulnerabilities: [
      ...['CVE-2021-44228', 'CVE-2021-45046', 'GHSA-jfh8-c2jp-5v3q', 'GHSA-7rjr-3q55-vv33'],
      ...['CVE-2020-9493', 'CVE-2022-23307', 'CVE-2023-26464'],
    ],
    packages: [
      ...['log4j-api', 'log4j-slf4j-impl', 'log4j-to-slf4j', 'log4j-1.2-api', 'log4j-detector'],
      ...['log4j-over-slf4j', 'slf4j-log4j12'],
    ],
    why: 'the vulnerable code is in log4j-core, not in this adapter',
  },
  {
    type: 'go-module',
    vulnerabilities: ['CVE-2015-5237', 'CVE-2021-22570'],
    packages: ['google.golang.org/protobuf'],
    why: 'it is about Protocol Buffers in C++',
  },
  {
    type: 'gem',
    vulnerabilities: [
      ...['CVE-2017-14196', 'CVE-2017-14197', 'CVE-2017-14198', 'CVE-2019-19373', 'CVE-2019-19374'],
    ],
    packages: ['matrix'],
    why: 'it is about Squiz Matrix',
  },
  {
    type: 'gem',
    vulnerabilities: [
      ...['CVE-1999-1338', 'CVE-2001-1202', 'CVE-2002-1781', 'CVE-2004-0789', 'CVE-2004-2003'],
      ...['CVE-2005-0036', 'CVE-2005-0861', 'CVE-2006-2072', 'CVE-2015-7556'],
    ],
    packages: ['delegate'],
    why: 'it is about the proxy DeleGate',
  },
  {
    type: 'gem',
    vulnerabilities: ['CVE-2008-4318'],
    packages: ['observer'],
    why: 'it is about the network management system Observer',
  },
  {
    type: 'gem',
    vulnerabilities: ['CVE-2017-14727'],
    packages: ['logger'],
    why: 'it is about the plug-in logger of WeeChat',
  },
  {
    type: 'deb',
    vulnerabilities: ['CVE-2023-45853'],
    packages: ['zlib1g', 'zlib'],
    why: 'it is about MiniZip, which Debian does not build into zlib',
  },
];

/** Why a match is known to be none; undefined when nothing is known against it. */
export function explicitIgnore({ vulnerability }: VulnerabilityMatch, found: Package): string | undefined {
  return ignores.find(
    ({ type, vulnerabilities, packages }) =>
      type === found.type && packages.includes(found.name) && vulnerabilities.includes(vulnerability.id),
  )?.why;
}

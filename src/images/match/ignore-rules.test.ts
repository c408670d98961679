import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageOf } from '../../../test/support/vulnerability-data.ts';
import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import { readGrypeConfig } from './grype-config.ts';
import { compileRule, type IgnoreRule } from './ignore-rules.ts';
import { pathMatcher } from './path-matcher.ts';

const found = packageOf({
  type: 'npm',
  name: 'lodash',
  version: '4.17.15',
  language: 'javascript',
  upstreams: [{ name: 'lodash-src' }],
  locations: [{ path: '/app/node_modules/lodash/package.json', layer: '' }],
});
const match = {
  vulnerability: { id: 'GHSA-1', aliases: ['CVE-1'], namespace: 'github:language:javascript' },
  package: 0,
  fix: { state: 'fixed', versions: ['4.17.21'] },
  reasons: [{ kind: 'exact-direct-match' }],
} as unknown as VulnerabilityMatch;

describe('a rule', () => {
  it.each<[IgnoreRule, boolean]>([
    [{}, false],
    [{ reason: 'only words' }, false],
    [{ vulnerability: 'GHSA-1' }, true],
    [{ vulnerability: 'CVE-1' }, false],
    [{ vulnerability: 'CVE-1', includeAliases: true }, true],
    [{ namespace: 'github:language:javascript', fixState: 'fixed', matchType: 'exact-direct-match' }, true],
    [{ fixState: 'wont-fix' }, false],
    [{ matchType: 'cpe-match' }, false],
    [{ package: { name: 'lo.*' } }, true],
    [{ package: { name: '^lodash$' } }, true],
    [{ package: { name: 'dash' } }, false],
    [{ package: { name: 'lodash', version: '4.17.16' } }, false],
    [{ package: { language: 'javascript', type: 'npm', version: '4.17.15' } }, true],
    [{ package: { location: '/app/**' } }, true],
    [{ package: { location: '/app/*' } }, false],
    [{ package: { upstreamName: 'lodash-.*' } }, true],
    [{ vulnerability: 'GHSA-1', vexStatus: 'fixed' }, false],
  ])('%j', (rule, applies) => {
    expect(compileRule(rule)(match, found)).toBe(applies);
  });
});

describe('a pattern of paths', () => {
  it.each([
    ['/usr/**/*.jar', '/usr/share/java/a.jar', true],
    ['/usr/**/*.jar', '/usr/a.jar', true],
    ['**/lodash/**', '/app/lodash/package.json', true],
    ['/a/{b,c}/d', '/a/c/d', true],
    ['/a/[!b]', '/a/c', true],
    ['/a/?', '/a/bc', false],
    ['/a.b', '/axb', false],
  ])('%s of %s: %s', (pattern, path, matches) => {
    expect(pathMatcher(pattern)(path)).toBe(matches);
  });

  it('that is plain text matches itself alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '.', '+', '(', '$', '/', '|', '^') }), (text) => {
        expect(pathMatcher(text)(text)).toBe(true);
        expect(pathMatcher(text)(`${text}a`)).toBe(false);
      }),
    );
  });
});

describe("Grype's configuration", () => {
  it('is read as far as it concerns what is found', () => {
    const config = readGrypeConfig(
      'output: json\nby-cve: true\nonly-notfixed: true\nfail-on-severity: High\nmatch: { rpm: { missing-epoch-strategy: zero } }\nignore:\n  - vulnerability: CVE-1\n    include-aliases: true\n    package: { upstream-name: x }\n',
      '.grype.yaml',
    );
    expect(config).toMatchObject({
      byCve: true,
      failOnSeverity: 'high',
      settings: { rpmMissingEpoch: 'zero' },
      ignore: [
        { vulnerability: 'CVE-1', includeAliases: true, package: { upstreamName: 'x' } },
        { fixState: 'fixed' },
      ],
    });
  });

  it.each([
    ['ignore:\n  - vulnerabilty: CVE-1\n', '.grype.yaml:2: ignore[0].vulnerabilty: unknown key'],
    ['ignore: [{ package: { name: "(" } }]\n', '.grype.yaml: ignore rule 1: bad regular expression'],
  ])('refuses %j', (yaml, problem) => {
    expect(() => readGrypeConfig(yaml, '.grype.yaml')).toThrow(problem);
  });
});

import { describe, expect, it } from 'vitest';
import { catalogedBy, debian12, imageOf } from '../../../test/support/cataloged.ts';
import { alpm } from './alpm.ts';
import { candidateCpes, cpeOf, personVendor, vendorsOfUrl } from './cpe.ts';
import { dotnet } from './dotnet/dotnet.ts';
import { npm } from './npm.ts';
import { python } from './python.ts';

const shortened = (cpes: readonly string[]) =>
  cpes.map((cpe) => cpe.replace('cpe:2.3:a:', '').replace(/(?::\*)+$/, '')).sort();

describe('guesses at how the database calls a package', () => {
  it('exchange hyphens and underscores, and take the beginnings of names for vendors', () => {
    expect(shortened(candidateCpes({ type: 'unknown', name: 'a-b', version: '1' }))).toEqual([
      ...['a-b:a-b:1', 'a-b:a_b:1', 'a:a-b:1', 'a:a_b:1', 'a_b:a-b:1', 'a_b:a_b:1'],
    ]);
  });

  it('take a known vendor and name instead of those of a client', () => {
    expect(shortened(candidateCpes({ type: 'php-pear', name: 'redis', version: '6' }))).toEqual([]);
    expect(
      shortened(candidateCpes({ type: 'python', name: 'redis', version: '5', products: ['python-redis'] })),
    ).not.toContain('redis:redis:5');
  });

  it('tell what it runs in, where databases do', () => {
    expect(cpeOf('serde_project', 'serde', '1.0', 'rust')).toBe(
      'cpe:2.3:a:serde_project:serde:1.0:*:*:*:*:rust:*:*',
    );
  });

  it('take the owner of a repository and the author of a package for vendors', () => {
    expect(vendorsOfUrl('https://github.com/fastify/fastify.git')).toEqual(['fastify']);
    expect(vendorsOfUrl('https://www.gnu.org/software/make')).toEqual(['gnu']);
    expect(vendorsOfUrl('https://example.org/a/b')).toEqual([]);
    expect(personVendor('The Some One Jr.')).toBe('some_one_jr_');
    const [found] = catalogedBy(npm, {
      '/a/package.json': JSON.stringify({
        name: 'a',
        version: '1.0.0',
        repository: { url: 'git://github.com/own/a.git' },
      }),
    });
    expect(shortened(found?.cpes ?? [])).toEqual(['a:a:1.0.0', 'own:a:1.0.0']);
    const [distribution] = catalogedBy(python, {
      '/lib/x.dist-info/METADATA': 'Name: x\nVersion: 2\nAuthor-email: Some One <one@example.org>\n',
    });
    expect(shortened(distribution?.cpes ?? [])).toContain('some_one_\\<one_project:x:2');
  });
});

it('names an Arch image by its build, as it has no version', () => {
  const arch = { ...debian12, id: 'arch', version: '', build: 'rolling' };
  const desc = '%NAME%\nlib32-x\n\n%VERSION%\n2.0-3\n\n%BASE%\nx\n\n%ARCH%\nx86_64\n';
  const [found] = catalogedBy(alpm, { '/var/lib/pacman/local/lib32-x-2.0-3/desc': desc }, imageOf(arch));
  expect(found?.purl).toBe('pkg:alpm/arch/lib32-x@2.0-3?arch=x86_64&distro=arch-rolling&upstream=x');
});

describe('a list of locked packages of .NET', () => {
  it('tells each of them once, but not the projects of the solution', () => {
    const dependencies = {
      'net8.0': { Serilog: { type: 'Direct', resolved: '3.1.1' }, own: { type: 'Project' } },
      'net6.0': { serilog: { type: 'Transitive', resolved: '3.1.1' }, Polly: { resolved: '8.0.0' } },
    };
    const found = catalogedBy(dotnet, {
      '/app/packages.lock.json': JSON.stringify({ version: 1, dependencies }),
    });
    expect(found.map(({ purl }) => purl)).toEqual(['pkg:nuget/serilog@3.1.1', 'pkg:nuget/Polly@8.0.0']);
    expect(shortened(found[0]?.cpes ?? [])).toEqual(['serilog:serilog:3.1.1', 'serilog:serilog_.net:3.1.1']);
  });

  it('is refused by name where it is no JSON', () => {
    expect(() => catalogedBy(dotnet, { '/app/packages.lock.json': '{' })).toThrow('/app/packages.lock.json');
  });
});

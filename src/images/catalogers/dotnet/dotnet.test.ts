import fc from 'fast-check';
import { expect, it } from 'vitest';
import { catalogedBy } from '../../../../test/support/cataloged.ts';
import { peFile } from '../../../../test/support/pe-file.ts';
import { dotnet } from './dotnet.ts';

const deps = JSON.stringify({
  targets: {
    '.NETCoreApp,Version=v8.0': {
      'Shop/1.2.3': {
        dependencies: { 'Newtonsoft.Json': '12.0.1', Meta: '1.0.0', Analyzer: '2.0.0' },
        runtime: { 'Shop.dll': {} },
      },
      'Newtonsoft.Json/12.0.1': {
        runtime: { 'lib/netstandard2.0/Newtonsoft.Json.dll': { assemblyVersion: '12.0.0.0' } },
      },
      'Meta/1.0.0': { dependencies: { 'Newtonsoft.Json': '12.0.1', Meta: '1.0.0' } },
      'Analyzer/2.0.0': {},
    },
  },
  libraries: {
    'Shop/1.2.3': { type: 'project' },
    'Newtonsoft.Json/12.0.1': { type: 'package' },
    'Meta/1.0.0': { type: 'package' },
    'Analyzer/2.0.0': { type: 'package' },
  },
});

it('finds what was published, but not what left nothing', () => {
  const packages = catalogedBy(dotnet, {
    '/app/Shop.deps.json': deps,
    '/app/Newtonsoft.Json.dll': peFile({ ProductName: 'Json.NET', ProductVersion: '12.0.1+abc' }),
  });
  expect(packages.map(({ purl }) => purl)).toEqual([
    'pkg:nuget/Shop@1.2.3',
    'pkg:nuget/Newtonsoft.Json@12.0.1',
    'pkg:nuget/Meta@1.0.0',
  ]);
});

it('finds assemblies that nothing tells of, by their resources', () => {
  const packages = catalogedBy(dotnet, {
    '/app/a.dll': peFile({
      CompanyName: 'Microsoft Corporation',
      FileDescription: 'System.Text.Json',
      ProductName: 'Microsoft® .NET',
      FileVersion: '8.0.23.53103',
      ProductVersion: '8.0.0+5535e31a',
    }),
    '/app/b.dll': peFile({ ProductName: 'Serilog', FileVersion: '3.1.1.0' }),
    '/app/native.dll': peFile({ ProductName: 'Native', FileVersion: '1.0.0' }, false),
  });
  expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
    'System.Text.Json 8.0.0',
    'Serilog 3.1.1.0',
  ]);
});

it('takes a runtime for one package', () => {
  const folder = '/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1';
  const assembly = peFile({
    ProductName: 'Microsoft® .NET',
    FileDescription: 'System.Linq',
    FileVersion: '8.0.1.1',
  });
  const packages = catalogedBy(dotnet, {
    [`${folder}/System.Linq.dll`]: assembly,
    [`${folder}/System.Net.dll`]: assembly,
    [`${folder}/Microsoft.NETCore.App.deps.json`]: deps,
  });
  expect(packages).toMatchObject([{ name: 'Microsoft.NETCore.App', version: '8.0.1' }]);
  expect(packages[0]?.cpes).toContain('cpe:2.3:a:microsoft:.net:8.0.1:*:*:*:*:*:*:*');
});

it('never fails over an assembly, however it is damaged', () => {
  const assembly = peFile({ ProductName: 'Serilog', FileVersion: '3.1.1.0' });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(assembly.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
      (changes) => {
        const damaged = Buffer.from(assembly);
        for (const [at, byte] of changes) damaged[at] = byte;
        catalogedBy(dotnet, { '/app/b.dll': damaged });
      },
    ),
    { numRuns: 300 },
  );
});

import { describe, expect, it } from 'vitest';
import { catalogedBy } from '../../../test/support/cataloged.ts';
import { AppError } from '../../kit/app-error.ts';
import { conan } from './conan.ts';
import { gem } from './gem.ts';
import { lua } from './lua.ts';
import { composer, pear } from './php.ts';
import { r } from './r.ts';
import { wordpress } from './wordpress.ts';

it('finds gems that are installed, by their specifications', () => {
  const packages = catalogedBy(gem, {
    '/usr/local/bundle/specifications/rails-7.0.4.gemspec':
      'Gem::Specification.new do |s|\n  s.name = "rails".freeze\n  s.version = "7.0.4"\n  s.authors = ["David H".freeze]\n  s.licenses = ["MIT".freeze]\nend\n',
    '/usr/local/lib/ruby/gems/3.2.0/specifications/default/json-2.6.3.gemspec':
      "Gem::Specification.new do |s|\n  s.name = 'json'\n  s.version = JSON::VERSION\n  s.license = 'Ruby'\nend\n",
    '/app/vendor/tool.gemspec': 's.name = "tool"\ns.version = "1.0"\n',
  });
  expect(packages).toMatchObject([
    {
      name: 'rails',
      version: '7.0.4',
      licenses: ['MIT'],
      purl: 'pkg:gem/rails@7.0.4',
      details: { vendor: 'David H' },
    },
    { name: 'json', version: '2.6.3', licenses: ['Ruby'] },
  ]);
});

describe('Composer', () => {
  const listed = '{"name": "symfony/http-kernel", "version": "v5.4.20", "license": ["MIT"]}';

  it.each([
    ['2', `{"packages": [${listed}, {"name": 3}], "dev": false}`],
    ['1', `[${listed}]`],
  ])('%s lists what it installed', (_version, text) => {
    expect(catalogedBy(composer, { '/app/vendor/composer/installed.json': text })).toMatchObject([
      {
        name: 'symfony/http-kernel',
        version: 'v5.4.20',
        licenses: ['MIT'],
        purl: 'pkg:composer/symfony/http-kernel@v5.4.20',
      },
    ]);
  });

  it('with a list that is cut off is told', () => {
    expect(() => catalogedBy(composer, { '/app/vendor/composer/installed.json': '{"packages": [' })).toThrow(
      AppError,
    );
  });
});

it('finds packages of PEAR and PECL', () => {
  const packages = catalogedBy(pear, {
    '/usr/local/lib/php/.registry/.channel.pecl.php.net/memcached.reg':
      'a:3:{s:4:"name";s:9:"memcached";s:7:"channel";s:12:"pecl.php.net";s:7:"version";a:2:{s:7:"release";s:5:"3.2.0";s:3:"api";s:5:"3.0.0";}}',
    '/usr/share/php/.registry/archive_tar.reg':
      'a:2:{s:4:"name";s:11:"Archive_Tar";s:7:"version";s:6:"1.4.14";}',
  });
  expect(packages).toMatchObject([
    { name: 'memcached', version: '3.2.0', purl: 'pkg:pear/pecl.php.net/memcached@3.2.0' },
    { name: 'Archive_Tar', version: '1.4.14' },
  ]);
});

it('finds packages of R, built or not', () => {
  const packages = catalogedBy(r, {
    '/usr/lib/R/library/base/DESCRIPTION':
      'Package: base\nVersion: 4.3.2\nLicense: Part of R 4.3.2\nBuilt: R 4.3.2; ; 2023\n',
    '/src/tool/DESCRIPTION': 'Package: tool\nVersion: 1.0\n',
  });
  expect(packages).toMatchObject([
    { name: 'base', version: '4.3.2', purl: 'pkg:cran/base@4.3.2' },
    { name: 'tool', version: '1.0' },
  ]);
});

it('finds rocks of Lua', () => {
  const packages = catalogedBy(lua, {
    '/usr/local/lib/luarocks/rocks-5.1/kong/3.5.0-0/kong-3.5.0-0.rockspec':
      'package = "kong"\nversion = "3.5.0-0"\ndescription = {\n  license = [[Apache 2.0]]\n}\n',
    '/x.rockspec': 'local v = "1"\npackage = "computed"\nversion = v .. "-1"\n',
  });
  expect(packages).toMatchObject([
    { name: 'kong', version: '3.5.0-0', licenses: ['Apache 2.0'], purl: 'pkg:luarocks/kong@3.5.0-0' },
  ]);
});

it('finds a package of Conan and what it was built with', () => {
  const packages = catalogedBy(conan, {
    '/opt/conan/data/mfast/1.2.2/my/stable/package/9d1f/conaninfo.txt':
      '[settings]\n    arch=x86_64\n\n[requires]\n    boost/1.Y.Z\n\n[full_requires]\n    boost/1.75.0:dc8a\n    zlib/1.2.13@a/b:240c\n\n[options]\n    a/1.0\n',
  });
  expect(packages.map(({ purl }) => purl)).toEqual([
    'pkg:conan/my/mfast@1.2.2?channel=stable',
    'pkg:conan/boost@1.75.0',
    'pkg:conan/a/zlib@1.2.13?channel=b',
  ]);
});

it('finds plugins of WordPress by their headings', () => {
  const packages = catalogedBy(wordpress, {
    '/var/www/html/wp-content/plugins/akismet/akismet.php':
      '<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet Anti-spam\nVersion: 5.3\nAuthor: Automattic\nLicense: GPLv2 or later\n*/\n',
    '/var/www/html/wp-content/plugins/akismet/class.php': '<?php class Version {}\n',
  });
  expect(packages).toMatchObject([
    { name: 'Akismet Anti-spam', version: '5.3', licenses: ['GPLv2 or later'] },
  ]);
  expect(packages[0]?.cpes).toContain('cpe:2.3:a:automattic:akismet:5.3:*:*:*:*:wordpress:*:*');
});

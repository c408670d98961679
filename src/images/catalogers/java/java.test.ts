import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogedBy } from '../../../../test/support/cataloged.ts';
import { zipFile } from '../../../../test/support/zip-file.ts';
import { AppError } from '../../../kit/app-error.ts';
import { RecordBuilder } from '../../layers/record-builder.ts';
import { defaultLimits } from '../../limits.ts';
import { java } from './java.ts';
import { jvm } from './jvm.ts';
import { nameAndVersionOf } from './names.ts';

const pom = (group: string, artifact: string, version: string) => ({
  [`META-INF/maven/${group}/${artifact}/pom.properties`]: `#Generated\nversion=${version}\ngroupId=${group}\nartifactId=${artifact}\n`,
});
const manifest = (lines: string) => ({ 'META-INF/MANIFEST.MF': `Manifest-Version: 1.0\r\n${lines}\r\n` });
const named = (files: Record<string, Uint8Array>) =>
  catalogedBy(java, files).map(({ name, version, purl }) => `${name} ${version} ${purl}`);

describe('an archive', () => {
  it('is the artifact of its pom.properties', () => {
    const jar = zipFile({
      ...manifest('Implementation-Version: 9'),
      ...pom('org.apache.logging.log4j', 'log4j-core', '2.14.1'),
    });
    const [found] = catalogedBy(java, { '/app/log4j-core-2.14.1.jar': jar });
    expect(found).toMatchObject({
      type: 'java-archive',
      name: 'log4j-core',
      version: '2.14.1',
      purl: 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
      details: { pomGroupId: 'org.apache.logging.log4j', pomArtifactId: 'log4j-core' },
    });
    expect(found?.cpes).toContain('cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*');
  });

  it('tells each artifact that was merged into it', () => {
    const jar = zipFile({
      ...manifest('Main-Class: com.example.Main'),
      ...pom('com.example', 'shop', '1.0'),
      ...pom('com.google.guava', 'guava', '20.0'),
      ...pom('commons-io', 'commons-io', '2.4'),
    });
    expect(named({ '/app/shop-1.0.jar': jar })).toEqual([
      'shop 1.0 pkg:maven/com.example/shop@1.0',
      'guava 20.0 pkg:maven/com.google.guava/guava@20.0',
      'commons-io 2.4 pkg:maven/commons-io/commons-io@2.4',
    ]);
  });

  it('without pom.properties is what file name and manifest tell', () => {
    expect(
      named({
        '/a/spring-core-5.3.20.jar': zipFile(manifest('Implementation-Title: spring-core')),
        '/a/commons-lang.jar': zipFile(
          manifest('Bundle-SymbolicName: org.apache.commons.lang\r\nImplementation-Version: 2.6'),
        ),
        '/a/bundle.jar': zipFile(
          manifest(
            'Created-By: Apache Maven Bundle Plugin\r\nBundle-SymbolicName: org.example.a-very-long-na\r\n me;x=y\r\nBundle-Version: 3.1',
          ),
        ),
        '/a/nothing.jar': zipFile(manifest('X: y')),
      }),
    ).toEqual([
      'spring-core 5.3.20 pkg:maven/org.springframework/spring-core@5.3.20',
      'commons-lang 2.6 pkg:maven/org.apache.commons.lang/commons-lang@2.6',
      'a-very-long-name 3.1 pkg:maven/org.example.a-very-long-name/a-very-long-name@3.1',
    ]);
  });

  it('is looked into for archives, and theirs', () => {
    const library = zipFile({ ...manifest('X: y'), ...pom('org.yaml', 'snakeyaml', '1.30') });
    const war = zipFile({
      ...manifest('X: y'),
      'WEB-INF/lib/snakeyaml-1.30.jar': library,
      'WEB-INF/broken.jar': 'not an archive',
    });
    const started = Buffer.concat([
      Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'),
      zipFile({ 'shop-2.0.war': war }),
    ]);
    expect(named({ '/app/all-3.0.ear': started })).toEqual([
      'all 3.0 pkg:maven/all/all@3.0',
      'shop 2.0 pkg:maven/shop/shop@2.0',
      'snakeyaml 1.30 pkg:maven/org.yaml/snakeyaml@1.30',
    ]);
  });
});

it.each([
  ['some-package-4.0.1.jar', 'some-package', '4.0.1'],
  ['prefix.thing-4.jar', 'prefix.thing', '4'],
  ['my-http2-server-5.jar', 'my-http2-server', '5'],
  ['jetpack-build235-rc5.jar', 'jetpack', 'build235-rc5'],
  ['ironman-r4-2009.jar', 'ironman', 'r4-2009'],
  ['hibernate-core-5.4.24.Final.jar', 'hibernate-core', '5.4.24.Final'],
  ['tool_1.2.jar', 'tool', '1.2'],
  ['plain.jar', 'plain', ''],
])('the file name %s tells %s and %s', (file, name, version) => {
  expect(nameAndVersionOf(`/lib/${file}`)).toEqual({ name, version });
});

describe('a hostile archive', () => {
  it('is refused where it says that it holds more than is unpacked', () => {
    const bomb = zipFile({ 'a.jar': 'x' }, { 'a.jar': 0x7fffffff });
    expect(() => catalogedBy(java, { '/bomb.jar': bomb })).toThrow(
      '/bomb.jar: this Java archive cannot be read whole: "a.jar" would be more than is unpacked of one archive',
    );
  });

  it('is refused where it holds more than it says', () => {
    const bomb = zipFile({ 'a.jar': Buffer.alloc(10_000_000) }, { 'a.jar': 100 });
    expect(() => catalogedBy(java, { '/bomb.jar': bomb })).toThrow(AppError);
  });

  it('is refused where archives lie too deep in one another', () => {
    let inner = zipFile({ 'x.txt': 'x' });
    for (let i = 0; i < 10; i++) inner = zipFile({ 'a.jar': inner });
    expect(() => catalogedBy(java, { '/deep.jar': inner })).toThrow('archives deep');
  });

  it('keeps what was read of the others when one of the archives inside of it cannot be', () => {
    const war = zipFile(
      {
        'WEB-INF/lib/bomb-1.jar': 'x',
        'WEB-INF/lib/good-1.2.jar': zipFile(pom('org.good', 'good', '1.2')),
        'WEB-INF/lib/cut-1.jar': zipFile({
          'deep-1.jar': zipFile(pom('g', 'a', '1')),
          'cut-2.jar': Buffer.from([0x50, 0x4b, 5, 6, ...Array.from({ length: 18 }, () => 0xff)]),
        }),
      },
      { 'WEB-INF/lib/bomb-1.jar': 0x7fffffff },
    );
    const builder = new RecordBuilder([java], defaultLimits);
    const file = { path: '/app.war', sizeBytes: war.length, mode: 0o644 };
    builder.read(file, war, [java]);
    const { evidence, partial } = builder.record('sha256:one', war.length);
    expect(evidence.get('java')).toMatchObject([
      ['/app.war', [{ name: 'good' }, { name: 'cut' }, { name: 'a' }]],
    ]);
    expect(partial).toHaveLength(1);
    expect(partial[0]?.reason).toContain('"WEB-INF/lib/bomb-1.jar" would be more than is unpacked');
    expect(partial[0]?.reason).toContain('in "WEB-INF/lib/cut-1.jar": "cut-2.jar"');
  });

  it('is refused where it was cut off', () => {
    const jar = zipFile(pom('g', 'a', '1'));
    expect(() => catalogedBy(java, { '/cut.jar': jar.subarray(0, jar.length - 30) })).toThrow('/cut.jar');
  });

  it('never fails otherwise than by name, however it is damaged', () => {
    const jar = zipFile({
      ...manifest('A: b'),
      ...pom('g', 'a', '1'),
      'b-1.jar': zipFile(pom('g', 'b', '2')),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(jar.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        (changes) => {
          const damaged = Buffer.from(jar);
          for (const [at, byte] of changes) damaged[at] = byte;
          try {
            catalogedBy(java, { '/x.jar': damaged });
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('knows Java itself by its release file', () => {
  const packages = catalogedBy(jvm, {
    '/usr/lib/jvm/java-17-openjdk-amd64/release':
      'IMPLEMENTOR="Debian"\nJAVA_RUNTIME_VERSION="17.0.9+9-Debian-1deb12u1"\nJAVA_VERSION="17.0.9"\nIMAGE_TYPE="JDK"\n',
    '/opt/jre/release': 'JAVA_VERSION="1.8.0_392"\nIMPLEMENTOR="Oracle Corporation"\nIMAGE_TYPE="JRE"\n',
    '/etc/release': 'something else\n',
  });
  expect(packages).toMatchObject([
    { type: 'jvm', name: 'openjdk', version: '17.0.9+9-Debian-1deb12u1' },
    { type: 'jvm', name: 'jre', version: '1.8.0_392' },
  ]);
  expect(packages[0]?.cpes).toEqual(['cpe:2.3:a:oracle:openjdk:17.0.9:*:*:*:*:*:*:*']);
  expect(packages[1]?.cpes).toContain('cpe:2.3:a:oracle:jre:1.8.0:update392:*:*:*:*:*:*');
});

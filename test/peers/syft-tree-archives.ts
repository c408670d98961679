import type { Files } from '../support/cataloged.ts';
import { peFile } from '../support/pe-file.ts';
import { zipFile } from '../support/zip-file.ts';

const lines = (...each: readonly string[]) => `${each.join('\n')}\n`;
const json = (value: unknown) => JSON.stringify(value, null, 2);

const depsOf = (name: string) =>
  json({
    runtimeTarget: { name: '.NETCoreApp,Version=v8.0' },
    targets: {
      '.NETCoreApp,Version=v8.0': {
        [`${name}/1.2.0`]: {
          dependencies: { 'Newtonsoft.Json': '13.0.3', Serilog: '3.1.1' },
          runtime: { [`${name}.dll`]: {} },
        },
        'Newtonsoft.Json/13.0.3': {
          runtime: {
            'lib/net6.0/Newtonsoft.Json.dll': { assemblyVersion: '13.0.0.0', fileVersion: '13.0.3.27908' },
          },
        },
        'Serilog/3.1.1': { runtime: { 'lib/net7.0/Serilog.dll': {} } },
        'Only.Build/1.0.0': {},
      },
    },
    libraries: {
      [`${name}/1.2.0`]: { type: 'project', serviceable: false, sha512: '' },
      'Newtonsoft.Json/13.0.3': {
        type: 'package',
        serviceable: true,
        sha512: 'sha512-x',
        path: 'newtonsoft.json/13.0.3',
      },
      'Serilog/3.1.1': { type: 'package', serviceable: true, sha512: 'sha512-y' },
      'Only.Build/1.0.0': { type: 'package', serviceable: true, sha512: 'sha512-z' },
    },
  });

export const compiledFiles: Files = {
  '/app/Shop.deps.json': depsOf('Shop'),
  '/app/Shop.dll': peFile({
    CompanyName: 'Shop',
    ProductName: 'Shop',
    ProductVersion: '1.2.0',
    FileVersion: '1.2.0.0',
    FileDescription: 'Shop',
    InternalName: 'Shop.dll',
  }),
  '/app/Newtonsoft.Json.dll': peFile({
    CompanyName: 'Newtonsoft',
    ProductName: 'Json.NET',
    ProductVersion: '13.0.3',
    FileVersion: '13.0.3.27908',
    FileDescription: 'Json.NET .NET 6.0',
    InternalName: 'Newtonsoft.Json.dll',
  }),
  '/app/Serilog.dll': peFile({
    CompanyName: 'Serilog Contributors',
    ProductName: 'Serilog',
    ProductVersion: '3.1.1',
    FileVersion: '3.1.1.0',
    FileDescription: 'Serilog',
    InternalName: 'Serilog.dll',
  }),
  '/lone/Lone.Library.dll': peFile({
    CompanyName: 'Lone',
    ProductName: 'Lone.Library',
    ProductVersion: '2.5.0+abc',
    FileVersion: '2.5.0.0',
    FileDescription: 'Lone.Library',
    InternalName: 'Lone.Library.dll',
  }),
  '/lone/native.dll': peFile(
    {
      CompanyName: 'Native',
      ProductName: 'Native Thing',
      ProductVersion: '4.0.1',
      FileVersion: '4.0.1.0',
      FileDescription: 'Native thing',
      InternalName: 'native',
    },
    false,
  ),
  '/app/obj/packages.lock.json': json({
    version: 1,
    dependencies: {
      'net8.0': {
        'Locked.Package': { type: 'Direct', requested: '[1.0.0, )', resolved: '1.0.0', contentHash: 'x' },
      },
    },
  }),
};

const manifest = (...each: readonly string[]) =>
  `Manifest-Version: 1.0\r\n${each.map((line) => `${line}\r\n`).join('')}\r\n`;
const pom = (group: string, artifact: string, version: string) => ({
  [`META-INF/maven/${group}/${artifact}/pom.properties`]: lines(
    '#Generated',
    `version=${version}`,
    `groupId=${group}`,
    `artifactId=${artifact}`,
  ),
});

export const javaFiles: Files = {
  '/app/log4j-core-2.14.1.jar': zipFile({
    'META-INF/MANIFEST.MF': manifest(
      'Implementation-Title: Apache Log4j Core',
      'Implementation-Version: 2.14.1',
      'Implementation-Vendor: The Apache Software Foundation',
      'Specification-Vendor: The Apache Software Foundation',
      'Bundle-SymbolicName: org.apache.logging.log4j.core',
      'Bundle-License: https://www.apache.org/licenses/LICENSE-2.0.txt',
    ),
    ...pom('org.apache.logging.log4j', 'log4j-core', '2.14.1'),
  }),
  '/app/spring-core-5.3.20.jar': zipFile({
    'META-INF/MANIFEST.MF': manifest(
      'Implementation-Title: spring-core',
      'Implementation-Version: 5.3.20',
      'Automatic-Module-Name: spring.core',
    ),
  }),
  '/app/guava-31.1-jre.jar': zipFile({
    'META-INF/MANIFEST.MF': manifest(
      'Bundle-Name: Guava: Google Core Libraries for Java',
      'Bundle-SymbolicName: com.google.guava',
      'Bundle-Version: 31.1.0.jre',
      'Automatic-Module-Name: com.google.common',
    ),
    ...pom('com.google.guava', 'guava', '31.1-jre'),
  }),
  '/app/plain-name.jar': zipFile({
    'META-INF/MANIFEST.MF': manifest(
      'Implementation-Version: 7.0',
      'Implementation-Vendor-Id: org.plain',
      'Main-Class: org.plain.tool.Main',
    ),
  }),
  '/app/no-manifest-1.0.jar': zipFile({ 'a.class': 'x' }),
  '/app/shaded-3.0.jar': zipFile({
    'META-INF/MANIFEST.MF': manifest('Implementation-Version: 3.0'),
    ...pom('org.example', 'shaded', '3.0'),
    ...pom('com.fasterxml.jackson.core', 'jackson-databind', '2.13.0'),
    ...pom('commons-io', 'commons-io', '2.6'),
  }),
  '/app/shop.war': zipFile({
    'META-INF/MANIFEST.MF': manifest('Implementation-Version: 1.1', 'Implementation-Title: shop'),
    'WEB-INF/lib/commons-text-1.9.jar': zipFile({
      'META-INF/MANIFEST.MF': manifest(
        'Implementation-Vendor: The Apache Software Foundation',
        'Implementation-Version: 1.9',
      ),
      ...pom('org.apache.commons', 'commons-text', '1.9'),
    }),
  }),
  '/app/all.ear': zipFile({
    'META-INF/MANIFEST.MF': manifest('Created-By: x'),
    'inner.war': zipFile({
      'META-INF/MANIFEST.MF': manifest('Implementation-Version: 2.2'),
      'WEB-INF/lib/h2-2.1.212.jar': zipFile({
        'META-INF/MANIFEST.MF': manifest(
          'Bundle-SymbolicName: com.h2database',
          'Bundle-Version: 2.1.212',
          'Implementation-Title: H2 Database Engine',
          'Implementation-Version: 2.1.212',
        ),
        ...pom('com.h2database', 'h2', '2.1.212'),
      }),
    }),
  }),
  '/var/jenkins/plugins/git.hpi': zipFile({
    'META-INF/MANIFEST.MF': manifest(
      'Short-Name: git',
      'Long-Name: Jenkins Git plugin',
      'Group-Id: org.jenkins-ci.plugins',
      'Plugin-Version: 4.11.0',
      'Implementation-Version: 4.11.0',
      'Extension-Name: git',
      'Jenkins-Version: 2.303.3',
    ),
  }),
  '/usr/lib/jvm/java-17-openjdk/release': lines(
    'IMPLEMENTOR="Eclipse Adoptium"',
    'IMPLEMENTOR_VERSION="Temurin-17.0.9+9"',
    'JAVA_RUNTIME_VERSION="17.0.9+9"',
    'JAVA_VERSION="17.0.9"',
    'JAVA_VERSION_DATE="2023-10-17"',
    'IMAGE_TYPE="JRE"',
    'SOURCE=".:git:abc"',
  ),
  '/opt/jdk8/release': lines(
    'JAVA_VERSION="1.8.0_392"',
    'OS_NAME="Linux"',
    'IMPLEMENTOR="Temurin"',
    'FULL_VERSION="1.8.0_392-b08"',
    'IMAGE_TYPE="JDK"',
  ),
  '/app/gradle.lockfile': 'org.wished:wished:9.9.9=runtimeClasspath\n',
  '/app/pom.xml':
    '<project><groupId>org.wished</groupId><artifactId>wished</artifactId><version>9.9.9</version></project>',
};

import { expect, it } from 'vitest';
import type { OperatingSystem } from '../database/advisory.ts';
import { namespaceOf } from './namespace.ts';

const system = (more: Partial<OperatingSystem> & { name: string }): OperatingSystem => ({
  ...{
    file: 0,
    id: 1,
    releaseId: '',
    majorVersion: '',
    minorVersion: '',
    labelVersion: '',
    codename: '',
    channel: '',
  },
  ...more,
});

it.each([
  ['debian', { name: 'debian', majorVersion: '12' }, 'debian:distro:debian:12'],
  ['debian', { name: 'debian', labelVersion: 'unstable', codename: 'sid' }, 'debian:distro:debian:unstable'],
  ['ubuntu', { name: 'ubuntu', majorVersion: '22', minorVersion: '4' }, 'ubuntu:distro:ubuntu:22.04'],
  ['rhel', { name: 'redhat', majorVersion: '9' }, 'redhat:distro:redhat:9'],
  [
    'rhel',
    { name: 'redhat', majorVersion: '9', minorVersion: '4', channel: 'eus' },
    'redhat:distro:redhat:9',
  ],
  ['oracle', { name: 'oraclelinux', majorVersion: '8', minorVersion: '2' }, 'oracle:distro:oraclelinux:8'],
  ['amazon', { name: 'amazon', majorVersion: '2' }, 'amazon:distro:amazonlinux:2'],
  ['mariner', { name: 'mariner', majorVersion: '2' }, 'mariner:distro:mariner:2.0'],
  ['mariner', { name: 'azurelinux', majorVersion: '3', minorVersion: '0' }, 'mariner:distro:azurelinux:3.0'],
  ['wolfi', { name: 'wolfi', labelVersion: 'rolling' }, 'wolfi:distro:wolfi:rolling'],
])('%s of %j is %s', (provider, about, wanted) => {
  expect(namespaceOf({ operatingSystem: system(about), ecosystem: 'deb' }, { provider })).toBe(wanted);
});

it.each([
  ['nvd', '', 'nvd:cpe'],
  ['github', 'npm', 'github:language:javascript'],
  ['github', 'dart-pub', 'github:language:dart'],
  ['bitnami', 'bitnami', 'bitnami'],
])('%s of packages of "%s" is %s', (provider, ecosystem, wanted) => {
  expect(namespaceOf({ operatingSystem: undefined, ecosystem }, { provider })).toBe(wanted);
});

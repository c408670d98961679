import { expect, it } from 'vitest';
import { workshop } from '../../test/support/run-skopos.ts';
import { loadConfig } from '../config/load-config.ts';
import { clusterPartPermissions } from './cluster-permissions.ts';

function needed(text: string): string[] {
  const { dir, write } = workshop();
  write('skopos.yaml', text);
  return clusterPartPermissions(loadConfig({}, dir)).map(
    ({ resource, verbs, names = ['*'], scope }) => `${scope} ${verbs} ${resource} ${names}`,
  );
}

it('asks for nothing where nothing is configured', () => {
  expect(needed('')).toEqual([]);
  expect(needed('results: {}')).toEqual([]);
});

it('asks for what is configured, by name where it can', () => {
  expect(needed('replicas: {}')).toEqual(['own-namespace get,list,create,update,delete leases *']);
  expect(needed('admission: {certificates: {secret: tls}, webhook: hook}')).toEqual([
    'own-namespace create secrets *',
    'own-namespace get,update secrets tls',
    'cluster get,patch validatingwebhookconfigurations hook',
  ]);
  expect(needed('admission: {certificates: {patch_webhook: false}}')).toEqual([]);
  expect(needed('images: {scan: true, pull_secrets: true}')).toEqual(['cluster get secrets *']);
  expect(needed('images: {scan: false, pull_secrets: true}')).toEqual([]);
  expect(needed('results: {events: true, policy_reports: true}')).toEqual([
    'cluster create events *',
    'cluster create,patch policyreports *',
    'cluster create,patch clusterpolicyreports *',
  ]);
});

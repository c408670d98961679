import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skopos-config-'));
});

function file(text: string, name = 'skopos.yaml'): void {
  writeFileSync(join(folder, name), text);
}

it('works without a file', () => {
  expect(loadConfig({}, folder)).toMatchObject({
    address: { host: '127.0.0.1', port: 9600, isLoopback: true },
    posture: { frameworks: ['NSA'] },
    rules: { evaluation_interval: 15_000, shipped: true },
  });
});

it('reads skopos.yaml of the working directory and makes its paths absolute', () => {
  file('source: { folder: manifests }\nalerting: { config: am.yml }\nrules: { files: [r/*.yaml] }');
  expect(loadConfig({}, folder)).toMatchObject({
    source: { folder: join(folder, 'manifests') },
    alerting: { config: join(folder, 'am.yml') },
    rules: { files: [join(folder, 'r/*.yaml')], shipped: true },
  });
});

it('lets flags win, whole where they choose a source', () => {
  file('source: { folder: manifests }\nlisten: 127.0.0.1:1');
  const config = loadConfig({ kubeconfig: 'k', context: 'prod', listen: '[::1]:9' }, folder);
  expect(config.source).toEqual({ kubeconfig: join(folder, 'k'), context: 'prod' });
  expect(config.address).toEqual({ host: '::1', port: 9, isLoopback: true });
});

it.each([
  ['listen: 0.0.0.0:9600', 'set api_token_file'],
  ['listen: "127.0.0.1"', 'expected host:port'],
  ['listen: 127.0.0.1:70000', 'expected host:port'],
  ['sauce: {}', 'unknown key "sauce" (did you mean "source"?)'],
  ['rules: { evaluation_interval: 1x }', 'expected a duration such as 30s'],
  ['source: { folder: a, kubeconfig: b }', 'not both'],
  ['api_token_file: nowhere', 'there is no such file'],
  ['log_level: loud', ':1: log_level: '],
])('refuses %j', (text, message) => {
  file(text);
  expect(() => loadConfig({}, folder)).toThrow(message);
});

it('allows other addresses with a token, and never shows it', () => {
  file('listen: ":9600"\napi_token_file: token');
  file('hush\n', 'token');
  const config = loadConfig({}, folder);
  expect(config.token?.reveal()).toBe('hush');
  expect(JSON.stringify(config)).not.toContain('hush');
});

it("takes a prometheus.yml by Prometheus' own flag", () => {
  const { metrics } = loadConfig({ 'config.file': 'prometheus.yml' }, '/etc/prometheus');
  expect(metrics.prometheus_config).toBe('/etc/prometheus/prometheus.yml');
});

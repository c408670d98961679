import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { KubeObject } from '../../../src/model/object.ts';
import { binaries } from './kube-cluster.ts';

/** The chart's folder. */
export const chart = join(import.meta.dirname, '../../../charts/skopos');
const helmScript = join(import.meta.dirname, '../../../scripts/peers/helm.mjs');
const helmFolder = execFileSync(process.execPath, [helmScript, '--where'], { encoding: 'utf8' }).trim();
/** Why there is no helm; empty where there is. */
export const noHelm = existsSync(join(helmFolder, 'helm'))
  ? ''
  : ': no helm (node scripts/peers/helm.mjs fetches it)';
export const { folder, missing } = noHelm === '' ? binaries() : { folder: '', missing: noHelm };
/** Gone when the file's tests are over. */
export const dir = mkdtempSync(join(tmpdir(), 'skopos-chart-'));
afterAll(() => rmSync(dir, { recursive: true }));

export function tool(name: 'helm' | 'kubectl', args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(join(helmFolder, name), args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

let files = 0;
/** What the chart makes of these values, as text. */
export function rendered(values: object = {}, ...args: readonly string[]): string {
  const file = join(dir, `values-${files++}.yaml`);
  writeFileSync(file, stringify(values));
  return tool('helm', ['template', 'skopos', chart, '-n', 'skopos', '-f', file, ...args]);
}

export function objectsOf(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/** Of an object that makes pods, what is looked at here. */
export interface Made {
  readonly spec: {
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: {
        readonly containers: readonly { readonly volumeMounts: readonly { readonly readOnly?: boolean }[] }[];
      };
    };
  };
}

export const ofKind = (objects: readonly KubeObject[], kind: string) =>
  objects.find((object) => object.kind === kind);

/** Rules of the role of a kind, in an order of their own. */
export function rulesOf(objects: readonly KubeObject[], kind: string): readonly unknown[] {
  const { rules = [] } = (ofKind(objects, kind) ?? {}) as { rules?: readonly Record<string, unknown>[] };
  const texts = rules.map((rule) => JSON.stringify(Object.entries(rule).sort()));
  return texts.sort();
}

/** What of skopos.yaml the chart adds for several replicas. */
export function configOf(values: { config?: object }): { config: object; prometheusConfig?: string } {
  const data = ofKind(objectsOf(rendered(values)), 'ConfigMap')?.['data'] as Record<string, string>;
  const { replicas, admission } = parse(data['skopos.yaml'] ?? '') as Record<string, object>;
  return { config: { ...values.config, replicas, ...(admission === undefined ? {} : { admission }) } };
}

/** Everything switched on. */
export const full = {
  config: {
    cluster: 'prod',
    posture: { frameworks: ['NSA', 'cis-v1.12.0'] },
    metrics: { operator: { ruleSelector: {} } },
  },
  alertmanagerConfig: {
    route: { receiver: 'ops' },
    receivers: [{ name: 'ops', slack_configs: [{ api_url_file: '/etc/skopos/secrets/slack/url' }] }],
  },
  prometheusConfig: 'scrape_configs:\n  - job_name: pods\n    kubernetes_sd_configs: [{ role: pod }]\n',
  rules: { 'mine.yaml': { groups: [{ name: 'mine', rules: [{ alert: 'Always', expr: 'vector(1)' }] }] } },
  exceptions: {
    'known.yaml': {
      exceptions: [
        {
          name: 'known',
          owner: 'ops',
          reason: 'known',
          expires: '2099-01-01',
          controls: ['C-0057'],
          resources: [{ namespace: 'gpu' }],
        },
      ],
    },
  },
  controlInputs: { settings: { postureControlInputs: { imageRepositoryAllowList: ['ghcr.io'] } } },
  secretMounts: [{ name: 'slack', secretName: 'slack-webhook' }],
  extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/etc/skopos/secrets/slack/ca.crt' }],
  ingress: { enabled: true, host: 'skopos.example.org', tlsSecret: 'tls', className: 'nginx' },
  networkPolicy: { extraEgress: [{ ports: [{ port: 587, protocol: 'TCP' }] }] },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  dashboards: { enabled: true, datasource: { enabled: true } },
  image: { digest: `sha256:${'0'.repeat(64)}` },
};

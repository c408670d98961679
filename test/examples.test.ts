import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkTemplates } from '../src/alerting/check-templates.ts';
import { loadAlertingConfig } from '../src/alerting/config/load-alerting-config.ts';
import { notifiers } from '../src/alerting/notifiers/notifiers.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { loadPrometheusConfig } from '../src/config/prometheus/load-prometheus-config.ts';
import { configSchema } from '../src/config/schema.ts';
import { makeTarget } from '../src/scrape/pool/make-target.ts';

const docs = join(import.meta.dirname, '../docs');
const examples = join(docs, 'examples');

function load(text: string, file: string) {
  const config = loadAlertingConfig(text, { file, baseDir: examples });
  checkTemplates(config);
  return config;
}

it('loads the example alertmanager.yml, templates and all, and it shows every kind of receiver', () => {
  const file = join(examples, 'alertmanager.yml');
  const { receivers, templates, warnings } = load(readFileSync(file, 'utf8'), file);
  const kinds = receivers.flatMap(({ integrations }) => integrations.map(({ kind }) => kind.name));
  expect(new Set(kinds)).toEqual(new Set(notifiers.map(({ name }) => name)));
  expect(templates).toHaveLength(1);
  expect(warnings).toEqual([]);
});

it('loads the example skopos.yaml, whose paths lead to files that are there', () => {
  const { source, alerting, cluster } = loadConfig({ config: 'skopos.yaml' }, examples);
  expect(cluster).toBe('shop-production');
  expect(readdirSync(source.folder ?? '')).toContain('cart');
  expect(readFileSync(alerting.config ?? '', 'utf8')).toContain('receivers:');
});

it('scrapes kubelets directly, with the time of the scrape for containers', () => {
  const file = join(examples, 'prometheus.yml');
  const { scrape_configs: jobs } = loadPrometheusConfig(file, { environment: {} });
  const job = (name: string) => jobs.find(({ job_name }) => job_name === name);
  expect(readFileSync(file, 'utf8')).not.toMatch(/\/proxy\//);
  expect(job('kubelet')).toMatchObject({ scheme: 'https', honor_timestamps: true });
  expect(job('cadvisor')).toMatchObject({ metrics_path: '/metrics/cadvisor', honor_timestamps: false });
  const found = {
    __address__: '10.0.0.7:10250',
    __meta_kubernetes_node_name: 'n1',
    __meta_kubernetes_node_label_zone: 'a',
  };
  const cadvisor = job('cadvisor');
  const made = cadvisor === undefined ? undefined : makeTarget(found, cadvisor);
  expect(made).toMatchObject({
    kind: 'target',
    target: {
      url: 'https://10.0.0.7:10250/metrics/cadvisor',
      labels: { instance: '10.0.0.7:10250', job: 'cadvisor', node: 'n1', zone: 'a' },
    },
  });
});

/** Fenced YAML of a page. */
function snippetsOf(page: string): string[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
}

const receiverSnippets = snippetsOf('receivers.md');

it('has a snippet for each kind of receiver', () => {
  expect(receiverSnippets.length).toBeGreaterThanOrEqual(notifiers.length);
});

it.each(receiverSnippets)('loads the snippet of receivers.md %#', (text) => {
  expect(load(text, 'receivers.md').receivers.length).toBeGreaterThan(0);
});

it.each(notifiers.map((kind) => [kind.name, kind] as const))('tells of every key of %s', (name, kind) => {
  const page = readFileSync(join(docs, 'receivers.md'), 'utf8');
  const section = page.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
  const own = Object.keys(unwrapped(kind.schema).shape ?? {}).filter(
    (key) => key !== 'send_resolved' && key !== 'http_config',
  );
  expect(own.filter((key) => !section.includes(`\`${key}\``))).toEqual([]);
});

it('tells of every key of skopos.yaml', () => {
  const page = readFileSync(join(docs, 'configuration.md'), 'utf8');
  // What a label selector of Kubernetes holds is told once, and what Prometheus' `http_config` holds, on its own page.
  const keys = keysOf(configSchema).filter(
    (key) => !/\.(?:matchLabels|matchExpressions)$|\.http_config\./.test(key),
  );
  const missing = keys.filter((key) => !page.includes(`\`${key}\``));
  expect(missing).toEqual([]);
});

/** Dotted names of the leaves. */
function keysOf(schema: unknown, prefix = ''): string[] {
  const { shape } = unwrapped(schema);
  if (shape === undefined) return [prefix];
  return Object.entries(shape).flatMap(([key, inner]) =>
    keysOf(inner, prefix === '' ? key : `${prefix}.${key}`),
  );
}

/** What is inside of `.default()` and `.optional()`. */
function unwrapped(schema: unknown): { readonly shape?: Readonly<Record<string, unknown>> } {
  const { def, shape } = schema as {
    readonly def: { readonly innerType?: unknown };
    readonly shape?: Readonly<Record<string, unknown>>;
  };
  if (def.innerType !== undefined) return unwrapped(def.innerType);
  return shape === undefined ? {} : { shape };
}

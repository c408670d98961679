import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../model/object.ts';
import type { ConvertContext } from './convert/conversion.ts';
import { convertMonitor, type ScrapedKind } from './convert/convert-monitor.ts';
import { ruleFileOf } from './convert/prometheus-rule.ts';
import { explainMonitor, verdictOf } from './explain/explain-monitor.ts';
import type { ObjectView, PoolView } from './explain/explain-step.ts';
import { operatorSchema } from './operator-settings.ts';
import { choiceByLabels, choiceByNamespace } from './selection.ts';

const files: Readonly<Record<string, string>> = {
  '/secrets/shop/login/user': 'anna',
  '/secrets/shop/client/id': 'skopos',
  '/secrets/shop/client/secret': 'x',
};

function context(settings: object = {}): ConvertContext {
  return {
    settings: operatorSchema.parse({ secretsFolder: '/secrets', ...settings }),
    readFile: (path) => files[path],
  };
}

function object(kind: string, spec: string, metadata = 'name: cart, namespace: shop'): KubeObject {
  return parse(
    `{apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: {${metadata}}, spec: ${spec}}`,
  );
}

function convert(kind: ScrapedKind, spec: string, settings: object = {}) {
  return convertMonitor(kind, object(kind, spec), context(settings));
}

/** Rules in one line each. */
function rules(
  section: { readonly relabel_configs: readonly Readonly<Record<string, unknown>>[] } | undefined,
) {
  return (section?.relabel_configs ?? []).map(
    ({ action = 'replace', source_labels: from = [], regex = '', target_label: to = '', replacement = '' }) =>
      `${action} [${(from as string[]).join()}] ${regex} ${to} ${replacement}`.replace(/ +/g, ' ').trim(),
  );
}

describe('a ServiceMonitor', () => {
  it('becomes the section that the operator writes, rule by rule', () => {
    const { sections, problems, notes } = convert(
      'ServiceMonitor',
      `{selector: {matchLabels: {app: cart}, matchExpressions: [{key: tier, operator: NotIn, values: [db, cache]}, {key: old, operator: DoesNotExist}]},
        jobLabel: app.kubernetes.io/name, targetLabels: [team], podTargetLabels: [version], sampleLimit: 5000, attachMetadata: {node: true},
        endpoints: [{port: web, path: /m, interval: 10s, relabelings: [{targetLabel: zone, replacement: a}], metricRelabelings: [{sourceLabels: [__name__], regex: go_.*, action: Drop}]}]}`,
      { podTargetLabels: ['shard'], enforcedSampleLimit: 1000 },
    );
    expect([problems, notes]).toEqual([[], []]);
    expect(sections[0]).toMatchObject({
      job_name: 'serviceMonitor/shop/cart/0',
      honor_labels: false,
      honor_timestamps: true,
      metrics_path: '/m',
      scrape_interval: '10s',
      sample_limit: 1000,
      kubernetes_sd_configs: [
        { role: 'endpoints', namespaces: { names: ['shop'] }, attach_metadata: { node: true } },
      ],
      metric_relabel_configs: [{ source_labels: ['__name__'], regex: 'go_.*', action: 'drop' }],
    });
    expect(rules(sections[0])).toEqual([
      'replace [job] __tmp_prometheus_job_name',
      'keep [__meta_kubernetes_service_label_app,__meta_kubernetes_service_labelpresent_app] (cart);true',
      'drop [__meta_kubernetes_service_label_tier,__meta_kubernetes_service_labelpresent_tier] (db|cache);true',
      'drop [__meta_kubernetes_service_labelpresent_old] true',
      'keep [__meta_kubernetes_endpoint_port_name] web',
      'replace [__meta_kubernetes_endpoint_address_target_kind,__meta_kubernetes_endpoint_address_target_name] Node;(.*) node',
      'replace [__meta_kubernetes_endpoint_address_target_kind,__meta_kubernetes_endpoint_address_target_name] Pod;(.*) pod',
      'replace [__meta_kubernetes_namespace] namespace',
      'replace [__meta_kubernetes_service_name] service',
      'replace [__meta_kubernetes_pod_name] pod',
      'replace [__meta_kubernetes_pod_container_name] container',
      'drop [__meta_kubernetes_pod_phase] (Failed|Succeeded)',
      'replace [__meta_kubernetes_service_label_team] (.+) team',
      'replace [__meta_kubernetes_pod_label_version] (.+) version',
      'replace [__meta_kubernetes_pod_label_shard] (.+) shard',
      'replace [__meta_kubernetes_service_name] job',
      'replace [__meta_kubernetes_service_label_app_kubernetes_io_name] (.+) job',
      'replace [] endpoint web',
      'replace [] zone a',
    ]);
  });

  it.each([
    ['{any: true}', undefined],
    ['{matchNames: [a, b]}', { names: ['a', 'b'] }],
    ['{}', { names: ['shop'] }],
  ])('looks into the namespaces of %s', (selector, namespaces) => {
    const { sections } = convert(
      'ServiceMonitor',
      `{selector: {}, namespaceSelector: ${selector}, endpoints: [{targetPort: 8080}]}`,
    );
    const configs = (sections[0]?.['kubernetes_sd_configs'] ?? []) as { namespaces?: unknown }[];
    expect(configs[0]?.namespaces).toEqual(namespaces);
    expect(rules(sections[0])).toContain('keep [__meta_kubernetes_pod_container_port_number] 8080');
  });

  it('takes values of Secrets from files, and is refused where there is none', () => {
    const endpoint = (auth: string) => `{selector: {}, endpoints: [{port: web, ${auth}}]}`;
    const basic = endpoint(
      'basicAuth: {username: {name: login, key: user}, password: {name: login, key: word}}',
    );
    const missing = convert('ServiceMonitor', basic);
    expect(missing.sections).toEqual([]);
    expect(missing.problems).toEqual([
      'spec.endpoints[0].basicAuth.password: key "word" of Secret shop/login is not known: there is no file /secrets/shop/login/word that can be read',
    ]);
    expect(convert('ServiceMonitor', basic, { secretsFolder: null }).problems[0]).toMatch(
      /Skopos does not read values of Secrets and ConfigMaps from the cluster/,
    );
    const { sections, problems } = convert(
      'ServiceMonitor',
      endpoint(
        'oauth2: {clientId: {secret: {name: client, key: id}}, clientSecret: {name: client, key: secret}, tokenUrl: "https://sso/token"}',
      ),
    );
    expect(problems).toEqual([]);
    expect(sections[0]?.['oauth2']).toEqual({
      client_id: 'skopos',
      client_secret_file: '/secrets/shop/client/secret',
      token_url: 'https://sso/token',
    });
  });

  it('may not read files of ours unless that is allowed, nor leave the folder of secrets', () => {
    const file = '{selector: {}, endpoints: [{bearerTokenFile: /var/run/token}]}';
    expect(convert('ServiceMonitor', file).problems[0]).toMatch(/arbitraryFSAccessThroughSMs.deny refuses/);
    const allowed = convert('ServiceMonitor', file, { arbitraryFSAccessThroughSMs: { deny: false } });
    expect(allowed.sections[0]?.['bearer_token_file']).toBe('/var/run/token');
    const outside = '{selector: {}, endpoints: [{bearerTokenSecret: {name: .., key: x}}]}';
    expect(convert('ServiceMonitor', outside).problems[0]).toMatch(/is no name that can be/);
  });

  it('says which field is wrong, and which has no effect', () => {
    const wrong = convert('ServiceMonitor', '{selector: {}, endpoints: [{port: 80, interval: soon}]}');
    expect(wrong.problems).toEqual([
      expect.stringMatching(/^spec.endpoints\[0\].port: /),
      'spec.endpoints[0].interval: not a duration such as 30s',
    ]);
    const odd = convert('ServiceMonitor', '{selector: {}, scrapeClass: a, endpoints: [{prot: web}]}');
    expect(odd.notes).toEqual([
      'spec.scrapeClass is not read and has no effect',
      'spec.endpoints[0].prot is not read and has no effect',
    ]);
  });

  it('is bound by what the settings enforce', () => {
    const { sections } = convert(
      'ServiceMonitor',
      '{selector: {}, namespaceSelector: {any: true}, endpoints: [{port: web, honorLabels: true, honorTimestamps: true, relabelings: [{targetLabel: ns, replacement: other}]}]}',
      {
        enforcedNamespaceLabel: 'ns',
        ignoreNamespaceSelectors: true,
        overrideHonorLabels: true,
        overrideHonorTimestamps: true,
      },
    );
    expect(sections[0]).toMatchObject({
      honor_labels: false,
      honor_timestamps: false,
      kubernetes_sd_configs: [{ namespaces: { names: ['shop'] } }],
      metric_relabel_configs: [{ target_label: 'ns', replacement: 'shop' }],
    });
    expect(rules(sections[0]).at(-1)).toBe('replace [] ns shop');
  });
});

it('a PodMonitor becomes a section of its pods, named after itself', () => {
  const { sections, problems } = convert(
    'PodMonitor',
    '{selector: {matchLabels: {app: cart}}, podMetricsEndpoints: [{port: web}, {portNumber: 9000, filterRunning: false}]}',
  );
  expect(problems).toEqual([]);
  expect(sections.map(({ job_name: job }) => job)).toEqual([
    'podMonitor/shop/cart/0',
    'podMonitor/shop/cart/1',
  ]);
  expect(rules(sections[0])).toEqual([
    'replace [job] __tmp_prometheus_job_name',
    'drop [__meta_kubernetes_pod_phase] (Failed|Succeeded)',
    'keep [__meta_kubernetes_pod_label_app,__meta_kubernetes_pod_labelpresent_app] (cart);true',
    'keep [__meta_kubernetes_pod_container_port_name] web',
    'replace [__meta_kubernetes_namespace] namespace',
    'replace [__meta_kubernetes_pod_container_name] container',
    'replace [__meta_kubernetes_pod_name] pod',
    'replace [] job shop/cart',
    'replace [] endpoint web',
  ]);
  expect(rules(sections[1])).toContain('keep [__meta_kubernetes_pod_container_port_number] 9000');
});

it('a Probe asks its prober for each target', () => {
  const { sections } = convert(
    'Probe',
    '{jobName: web, module: http_2xx, prober: {url: "blackbox:9115"}, targets: {staticConfig: {static: ["https://shop"], labels: {team: a}}}}',
  );
  expect(sections[0]).toMatchObject({
    job_name: 'probe/shop/cart',
    metrics_path: '/probe',
    params: { module: ['http_2xx'] },
    static_configs: [{ targets: ['https://shop'], labels: { namespace: 'shop', team: 'a' } }],
  });
  expect(rules(sections[0]).slice(1)).toEqual([
    'replace [] job web',
    'replace [__address__] __param_target',
    'replace [__param_target] instance',
    'replace [] __address__ blackbox:9115',
  ]);
  expect(convert('Probe', '{prober: {url: x}, targets: {}}').problems[0]).toMatch(/nothing to probe/);
});

it('a ScrapeConfig is taken as it is, without kinds of discovery that are not supported', () => {
  const { sections, notes, problems } = convert(
    'ScrapeConfig',
    '{jobName: node, staticConfigs: [{targets: ["a:1"]}], consulSDConfigs: [{server: x}], httpSDConfigs: [{url: "http://sd"}], scheme: HTTPS, scrapeInterval: 1m}',
  );
  expect(problems).toEqual([]);
  expect(notes).toEqual([
    'spec.consulSDConfigs: this kind of discovery is not supported; it finds no targets',
  ]);
  expect(sections[0]).toMatchObject({
    job_name: 'scrapeConfig/shop/cart',
    scheme: 'https',
    scrape_interval: '1m',
    static_configs: [{ targets: ['a:1'] }],
    http_sd_configs: [{ url: 'http://sd' }],
  });
  const elsewhere = '{kubernetesSDConfigs: [{role: Pod, apiServer: "https://other"}]}';
  expect(convert('ScrapeConfig', elsewhere).problems[0]).toMatch(/another API server/);
});

it('a PrometheusRule loses what only Thanos reads, and gets the enforced label', () => {
  const rule = object(
    'PrometheusRule',
    '{groups: [{name: a, partial_response_strategy: warn, rules: [{alert: X, expr: up, labels: {ns: other}}]}]}',
  );
  expect(ruleFileOf(rule, operatorSchema.parse({ enforcedNamespaceLabel: 'ns' }))).toEqual({
    groups: [{ name: 'a', rules: [{ alert: 'X', expr: 'up', labels: { ns: 'shop' } }] }],
  });
});

describe('selection', () => {
  const labelled = object('ServiceMonitor', '{}', 'name: a, namespace: shop, labels: {release: main}');
  it.each([
    ['{}', false, /serviceMonitorSelector is not set/],
    ['{serviceMonitorSelector: {}}', true, /selects everything/],
    ['{serviceMonitorSelector: {matchLabels: {release: main}}}', true, /release=main/],
    [
      '{serviceMonitorSelector: {matchExpressions: [{key: release, operator: In, values: [b, c]}]}}',
      false,
      /wants release in \(b,c\), and its labels have release=main/,
    ],
    ['{serviceMonitorSelector: {matchExpressions: [{key: x, operator: Exists}]}}', false, /have no x/],
  ])('by labels with %s: %s', (settings, isTaken, reason) => {
    const choice = choiceByLabels(operatorSchema.parse(parse(settings)), 'ServiceMonitor', labelled);
    expect(choice).toEqual({ isTaken, reason: expect.stringMatching(reason) });
  });

  it.each([
    ['{}', '', false, /does not say which that is/],
    ['{}', 'shop', true, /it is in the own namespace, shop/],
    ['{}', 'monitoring', false, /only the own namespace, monitoring/],
    ['{ruleNamespaceSelector: {}}', '', true, /selects everything/],
    ['{ruleNamespaceSelector: {matchLabels: {team: b}}}', '', false, /have team=a/],
  ])('by namespace with %s in "%s": %s', (settings, own, isTaken, reason) => {
    const namespace = { name: 'shop', labels: { team: 'a' } };
    const choice = choiceByNamespace(operatorSchema.parse(parse(settings)), 'PrometheusRule', namespace, own);
    expect(choice).toEqual({ isTaken, reason: expect.stringMatching(reason) });
  });

  it('refuses settings that mean nothing', () => {
    const bad = { serviceMonitorSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } };
    expect(operatorSchema.safeParse(bad).error?.issues[0]?.message).toBe('In needs values');
    expect(operatorSchema.safeParse({ serviceMonitorSelektor: {} }).success).toBe(false);
  });
});

describe('why an object is not picked up', () => {
  const monitor = object(
    'ServiceMonitor',
    '{selector: {matchLabels: {app: cart}}, endpoints: [{port: web}]}',
  );

  function view(yaml: readonly string[], pool?: Partial<PoolView>) {
    const all = yaml.map((text) => parse(text) as KubeObject);
    const objects: ObjectView = {
      each: (kind, namespace) =>
        all.filter(
          (one) => one.kind === kind && (namespace === undefined || one.metadata.namespace === namespace),
        ),
      get: (kind, namespace, name) =>
        all.find(
          (one) =>
            one.kind === kind && (one.metadata.namespace ?? '') === namespace && one.metadata.name === name,
        ),
    };
    const { settings } = context();
    const taken = { isTaken: true, reason: '' };
    const steps = explainMonitor(
      {
        kind: 'ServiceMonitor',
        object: monitor,
        settings,
        byLabels: taken,
        byNamespace: taken,
        conversion: convertMonitor('ServiceMonitor', monitor, context()),
        problems: [],
      },
      {
        objects,
        groups: () => [],
        pool: () => ({
          problem: '',
          discovered: 0,
          droppedCount: 0,
          dropped: [],
          targets: [],
          steps: () => [],
          ...pool,
        }),
      },
    );
    return { steps, ...verdictOf(steps) };
  }

  const namespace = '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}';
  const service = (labels: string) =>
    `{apiVersion: v1, kind: Service, metadata: {name: cart, namespace: shop, labels: {${labels}}}}`;
  const endpoints = (subset: string) =>
    `{apiVersion: v1, kind: Endpoints, metadata: {name: cart, namespace: shop}, subsets: [${subset}]}`;
  const ready = endpoints('{addresses: [{ip: 10.0.0.1}], ports: [{name: web, port: 80}]}');

  it.each<[string, readonly string[], RegExp]>([
    ['there is no namespace', [], /no Service in shop has app=cart; there is no namespace shop/],
    ['no Service has the labels', [namespace, service('app: card')], /1 Service there has other labels/],
    ['endpoints are not known', [namespace, service('app: cart')], /no Endpoints are known/],
    [
      'nothing stands behind the Service',
      [namespace, service('app: cart'), endpoints('')],
      /no pod has the labels that the Service selects/,
    ],
    [
      'the port has another name',
      [
        namespace,
        service('app: cart'),
        endpoints('{addresses: [{ip: 10.0.0.1}], ports: [{name: http, port: 80}]}'),
      ],
      /There is no port "web"; there are http/,
    ],
    ['discovery found nothing', [namespace, service('app: cart'), ready], /Discovery found nothing/],
  ])('%s', (_name, objects, answer) => {
    const { steps, ...verdict } = view(objects);
    const told = steps.map(({ detail }) => detail).join('; ');
    expect(`${verdict.answer} ${told}`).toMatch(answer);
    expect(verdict.state).toBe('stopped');
  });

  it('names near misses by the label that differs', () => {
    const { steps } = view([namespace, service('app: card')]);
    expect(steps.find(({ id }) => id === 'objects')?.items).toEqual(['shop/cart does not fulfil app=cart']);
  });

  it('tells which rule dropped targets, and why scrapes fail', () => {
    const rule = { action: 'keep', source_labels: ['a'], regex: 'b' };
    const dropped = view([namespace, service('app: cart'), ready], {
      discovered: 2,
      droppedCount: 2,
      dropped: [{ a: '1' }, { a: '2' }],
      steps: () => [{ rule, labels: undefined }],
    });
    expect(dropped.steps.at(-1)?.items).toEqual(['2 targets dropped by rule 1, keep a =~ b']);
    const down = view([namespace, service('app: cart'), ready], {
      discovered: 1,
      targets: [{ scrapeUrl: 'http://a', health: 'down', lastError: 'refused' }],
    });
    expect(down.answer).toMatch(/0 up, 1 down/);
    expect(down.steps.at(-1)?.items).toEqual(['http://a: refused']);
    const up = view([namespace, service('app: cart'), ready], {
      discovered: 1,
      targets: [{ scrapeUrl: 'http://a', health: 'up', lastError: '' }],
    });
    expect(up).toMatchObject({ state: 'picked', answer: expect.stringContaining('everything') });
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
import type { DashboardJson, DashboardsJson } from '../../../src/api/skopos/dashboards-contract.ts';

type Json = Readonly<Record<string, unknown>>;

const target = (expr: string, more: Json = {}): Json => ({ refId: 'A', expr, ...more });

let nextId = 1;
function panel(
  type: string,
  title: string,
  place: readonly [x: number, y: number, w: number, h: number],
  rest: Json,
): Json {
  const [x, y, w, h] = place;
  return { id: nextId++, type, title, gridPos: { x, y, w, h }, ...rest };
}

const rates = 'sum by (service) (rate(shop_requests_total{service=~"$service"}[$__rate_interval]))';

/** One of every kind of panel, over the samples of fake-prometheus.ts. */
const shop: Json = {
  uid: 'shop',
  title: 'Shop',
  description: 'What the shop does.',
  tags: ['team', 'shop'],
  time: { from: 'now-1h', to: 'now' },
  graphTooltip: 1,
  links: [{ type: 'dashboards', title: 'Others', tags: ['shop'], keepTime: true }],
  templating: {
    list: [
      {
        type: 'query',
        name: 'service',
        label: 'Service',
        query: 'label_values(shop_requests_total, service)',
        multi: true,
        includeAll: true,
        refresh: 2,
        sort: 1,
        current: { value: ['$__all'] },
      },
      {
        type: 'query',
        name: 'status',
        label: 'Status',
        query: 'label_values(shop_requests_total{service=~"$service"}, status)',
        sort: 1,
      },
      { type: 'interval', name: 'every', label: 'Every', query: '1m,5m,15m', current: { value: '5m' } },
      { type: 'textbox', name: 'least', label: 'At least', query: '0' },
    ],
  },
  annotations: {
    list: [
      {
        name: 'Full',
        expr: 'shop_queue_length{service="cart"} > 50',
        iconColor: 'red',
        enable: true,
        titleFormat: 'Queue of {{service}} is long',
      },
    ],
  },
  panels: [
    panel('timeseries', 'Requests', [0, 0, 12, 8], {
      description: 'Answered requests.',
      targets: [target(rates, { legendFormat: '{{service}}' })],
      fieldConfig: { defaults: { unit: 'reqps', custom: { fillOpacity: 20, stacking: { mode: 'normal' } } } },
      options: { legend: { displayMode: 'table', calcs: ['mean', 'max'] } },
    }),
    panel('timeseries', 'Queues', [12, 0, 12, 8], {
      targets: [target('shop_queue_length{service=~"$service"}', { legendFormat: '{{service}}' })],
      fieldConfig: {
        defaults: {
          custom: { thresholdsStyle: { mode: 'dashed' } },
          thresholds: {
            steps: [
              { value: null, color: 'green' },
              { value: 50, color: 'red' },
            ],
          },
        },
      },
    }),
    panel('stat', 'Waiting', [0, 8, 6, 4], {
      targets: [target('sum(shop_queue_length{service=~"$service"})')],
      fieldConfig: {
        defaults: {
          color: { mode: 'thresholds' },
          thresholds: {
            steps: [
              { value: null, color: 'green' },
              { value: 40, color: 'red' },
            ],
          },
        },
      },
    }),
    panel('gauge', 'Share of cart', [6, 8, 6, 6], {
      targets: [target('sum(shop_queue_length{service="cart"}) / sum(shop_queue_length)', { instant: true })],
      fieldConfig: { defaults: { unit: 'percentunit', max: 1 } },
    }),
    panel('bargauge', 'By service', [12, 8, 6, 6], {
      targets: [target('shop_queue_length', { instant: true, legendFormat: '{{service}}' })],
    }),
    panel('table', 'All', [18, 8, 6, 6], {
      targets: [target('shop_requests_total{status="$status"}', { instant: true, format: 'table' })],
      transformations: [
        {
          id: 'organize',
          options: { excludeByName: { Time: true, __name__: true }, renameByName: { service: 'Service' } },
        },
      ],
      fieldConfig: {
        overrides: [
          {
            matcher: { id: 'byName', options: 'Service' },
            properties: [{ id: 'links', value: [{ url: '/d/hundred?var-service=${__value.raw}' }] }],
          },
        ],
      },
    }),
    panel('row', 'More', [0, 14, 24, 1], {}),
    panel('heatmap', 'Sizes', [0, 15, 8, 8], {
      targets: [
        target(
          'sum by (le) (label_replace(shop_queue_length{service="cart"}, "le", "50", "", "")) or sum by (le) (label_replace(shop_queue_length{service=~"cart|search"}, "le", "100", "", ""))',
          { format: 'heatmap' },
        ),
      ],
    }),
    panel('text', 'Words', [8, 15, 8, 8], {
      options: {
        content:
          '# Of $service\n\nSome **words**, [a link](/d/hundred) and <script>alert(1)</script>.\n\n- one\n- two',
      },
    }),
    panel('geomap', 'A map', [16, 15, 8, 8], { targets: [target('shop_queue_length')] }),
    panel('timeseries', 'Of $service', [0, 23, 6, 6], {
      repeat: 'service',
      targets: [target('shop_queue_length{service="$service"}')],
      fieldConfig: { defaults: { custom: { drawStyle: 'bars', fillOpacity: 60 } } },
    }),
    panel('timeseries', 'Broken', [0, 29, 12, 6], { targets: [target('sum(shop_queue_length')] }),
    panel('stat', 'Nothing', [12, 29, 12, 6], { targets: [target('no_such_metric')] }),
  ],
};

const hundred: Json = {
  uid: 'hundred',
  title: 'A hundred panels',
  tags: ['shop'],
  time: { from: 'now-1h', to: 'now' },
  panels: Array.from({ length: 100 }, (_, i) =>
    panel('timeseries', `Panel ${i + 1}`, [(i % 4) * 6, Math.floor(i / 4) * 8, 6, 8], {
      targets: [target(`shop_queue_length + ${i}`)],
    }),
  ),
};

const boards: readonly Json[] = [shop, hundred, { uid: 'none', title: 'No panels', panels: [] }];

function summaryOf(board: Json): DashboardsJson['items'][number] {
  return {
    uid: String(board['uid']),
    title: String(board['title']),
    description: String(board['description'] ?? ''),
    tags: (board['tags'] as string[] | undefined) ?? [],
    folder: '',
    file: `${String(board['uid'])}.json`,
    isShipped: board['uid'] === 'hundred',
    panels: (board['panels'] as readonly unknown[]).length,
  };
}

/** The list of dashboards; none while nothing is there. */
export function listDashboards(isEmpty: boolean): DashboardsJson {
  if (isEmpty) return { items: [], problems: [] };
  return {
    items: boards.map(summaryOf),
    problems: [
      { file: '/etc/dashboards/old.json', message: 'this is not JSON: Unexpected end of JSON input' },
    ],
  };
}

export function oneDashboard(uid: string): DashboardJson | undefined {
  const board = boards.find((each) => each['uid'] === uid);
  return board === undefined ? undefined : { ...summaryOf(board), dashboard: board };
}

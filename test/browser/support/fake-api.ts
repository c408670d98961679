import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { AlertJson, DrillJson, FindingJson, LedgerRowJson } from '../../../src/api/skopos/contract.ts';
import type { FastifyInstance } from '../../../src/http/server.ts';
import {
  groupAlerts,
  listAlerts,
  listSuppressions,
  makeExceptions,
  makeNotifications,
  makePeers,
  makeReceivers,
  makeRoutes,
  makeSilences,
} from './fake-alerting.ts';
import {
  alertDetail,
  makeAlerts,
  makeDrills,
  makeInbox,
  makeLedger,
  makeOverview,
  makeRecent,
  runningDrill,
} from './fake-chain.ts';
import { listDashboards, oneDashboard } from './fake-dashboards.ts';
import { findingDetail, listFindings, makeFindings } from './fake-findings.ts';
import { fakeImages, isImages } from './fake-images.ts';
import { fakeLive, isLive } from './fake-live.ts';
import { fakeMonitoring, isMonitoring } from './fake-monitoring.ts';
import { fakeNodes, isNodes } from './fake-nodes.ts';
import { fakeOperator, isOperator } from './fake-operator.ts';
import { fakePrometheus } from './fake-prometheus.ts';
import { fakePushed, isPushed } from './fake-pushed.ts';

/** `busy`: 10,000 findings. `empty`: nothing yet. `error`: every request is refused. `slow`: answers never come in time. */
export type Mode = 'busy' | 'empty' | 'error' | 'slow';

export interface FakeApi {
  /** Ends in a slash; includes the path prefix. */
  readonly url: string;
  mode: Mode;
  /** Sends an event to every page that listens. */
  emit(event: 'ledger' | 'changed', data: unknown): void;
  /** Breaks the event streams and refuses new ones until called with true. */
  events(on: boolean): void;
  close(): Promise<void>;
}

const dist = join(import.meta.dirname, '../../../web/dist');
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const routes = [
  /^$/,
  /^findings(\/[^/]+)?$/,
  /^alerts(\/[^/]+)?$/,
  /^silences(\/[^/]+)?$/,
  /^suppressions$/,
  /^exceptions\/[^/]+$/,
  /^(routes|notifications|receivers)$/,
  /^inbox(\/[^/]+)?$/,
  /^drills(\/[^/]+)?$/,
  /^(ledger|live|cluster-map)$/,
  /^images?(\/(news|registries))?$/,
  /^cves\/[^/]+$/,
  /^query$/,
  /^dashboards(\/[^/]+)?$/,
  /^(targets?|service-discovery|rules|backtest|configuration|store|doctor|status|flags)$/,
  /^pushed(\/group)?$/,
  /^(jobs(\/[^/]+)?|schedules|admission)$/,
  /^monitors(\/[^/]+\/[^/]+\/[^/]+)?$/,
];

/** Serves the built pages as the real server does (base, nonce, strict policy), over made-up data that fits the contract. */
export async function startFakeApi(first: Mode, prefix = '/'): Promise<FakeApi> {
  const nowMs = Date.now();
  const streams = new Set<ServerResponse>();
  let eventsOn = true;
  const worlds = { busy: makeWorld(nowMs, 10_000), empty: makeWorld(nowMs, 0) };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname.slice(prefix.length);
    const resource = path.replace('api/skopos/v1/', '');
    if (!url.pathname.startsWith(prefix)) sendText(response, 404, 'outside of the prefix');
    else if (!path.startsWith('api/')) serveFile(path, response);
    else if (resource === 'events') openStream(request, response);
    else if (path.startsWith('api/v1/') || resource === 'explain')
      serveReal(prometheus, request, `/${path}${url.search}`, response);
    else if (isOperator(resource) && api.mode !== 'error')
      serveReal(operator, request, `/${path}${url.search}`, response);
    else if (isImages(resource) && api.mode !== 'error')
      serveReal(images, request, `/${path}${url.search}`, response);
    else if (isNodes(resource) && api.mode !== 'error')
      serveReal(nodes, request, `/${path}${url.search}`, response);
    else if (isLive(resource) && api.mode !== 'error')
      serveReal(live, request, `/${path}${url.search}`, response);
    else if (isPushed(resource) && api.mode !== 'error')
      serveReal(pushed, request, `/${path}${url.search}`, response);
    else if (isMonitoring(resource) && api.mode !== 'error')
      serveReal(monitoring, request, `/${path}${url.search}`, response);
    else serveApi(request, resource, url.searchParams, response);
  });

  function serveApi(
    request: IncomingMessage,
    resource: string,
    query: URLSearchParams,
    response: ServerResponse,
  ): void {
    if (api.mode === 'slow') return;
    if (api.mode === 'error')
      sendJson(response, 503, {
        code: 'store_unavailable',
        error:
          'The database is locked by another process. Stop the other skopos that uses the same data folder.',
      });
    else answer(worlds[api.mode], request, resource, query, response);
  }

  const prometheus = fakePrometheus(nowMs);
  const monitoring = fakeMonitoring(nowMs);
  const live = fakeLive(nowMs);
  const images = fakeImages(nowMs);
  const nodes = fakeNodes(nowMs);
  const pushed = fakePushed(nowMs);
  const operator = fakeOperator(nowMs);

  /** The real routes over made-up data; there is none while the mode is `empty`. */
  function serveReal(
    apps: { readonly busy: FastifyInstance; readonly empty: FastifyInstance },
    request: IncomingMessage,
    url: string,
    response: ServerResponse,
  ): void {
    if (api.mode === 'slow') return;
    if (api.mode === 'error') {
      sendJson(response, 503, {
        status: 'error',
        errorType: 'timeout',
        error: 'query timed out in query queue',
      });
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const answering = apps[api.mode === 'empty' ? 'empty' : 'busy'].inject({
        method: request.method === 'POST' ? 'POST' : 'GET',
        url,
        headers: { 'content-type': request.headers['content-type'] ?? '' },
        payload: Buffer.concat(parts),
      });
      void answering.then((reply) => {
        const { 'content-disposition': file, 'content-type': type = 'application/json' } = reply.headers;
        response.writeHead(reply.statusCode, {
          'content-type': type,
          ...(file === undefined ? {} : { 'content-disposition': file }),
        });
        response.end(reply.rawPayload);
      });
    });
  }

  function openStream(request: IncomingMessage, response: ServerResponse): void {
    if (!eventsOn) {
      sendText(response, 503, 'no events');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`event: hello\ndata: ${JSON.stringify({ version: '0.1.0', atMs: Date.now() })}\n\n`);
    streams.add(response);
    request.on('close', () => streams.delete(response));
  }

  const api: FakeApi = {
    url: '',
    mode: first,
    emit(event, data) {
      for (const stream of streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    events(on) {
      eventsOn = on;
      if (!on) for (const stream of streams) stream.destroy();
    },
    close: () => close(server),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(api, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}` });
}

interface World {
  readonly nowMs: number;
  readonly findings: readonly FindingJson[];
  readonly alerts: readonly AlertJson[];
  readonly ledger: readonly LedgerRowJson[];
  readonly drills: DrillJson[];
  readonly started: Map<string, { receiver: string; atMs: number }>;
}

function makeWorld(nowMs: number, findings: number): World {
  const all = makeFindings(findings, nowMs);
  const alerts = makeAlerts(nowMs, findings === 0 ? 0 : 240);
  const [finding, alert] = [all[0], alerts[0]];
  const ledger =
    finding === undefined || alert === undefined
      ? []
      : [...makeRecent(nowMs, 60), ...makeLedger(nowMs, alert, finding.id)];
  return {
    nowMs,
    findings: all,
    alerts,
    ledger,
    drills: findings === 0 ? [] : makeDrills(nowMs),
    started: new Map(),
  };
}

function drillsOf(world: World): DrillJson[] {
  const own = [...world.started].map(([id, { receiver, atMs }]) =>
    runningDrill(id, receiver, atMs, Date.now()),
  );
  return [...own.reverse(), ...world.drills];
}

function answer(
  world: World,
  request: IncomingMessage,
  resource: string,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const [name = '', id] = resource.split('/');
  if (request.method === 'POST' && name === 'drills') {
    startDrill(world, request, response);
    return;
  }
  if (request.method === 'POST' && resource === 'exceptions/preview') {
    const verdicts = world.findings
      .slice(0, 4)
      .map(({ controlId, control, object }) => ({ controlId, control, object }));
    sendJson(response, 200, {
      total: verdicts.length,
      verdicts,
      warnings: [{ code: 'endless', text: 'It has no end: nobody will be reminded that it is there.' }],
    });
    return;
  }
  if (request.method === 'POST' && resource === 'silences/preview') {
    const alerts = world.alerts
      .slice(0, 3)
      .map(({ fingerprint, name: of, severity, labels, startsAtMs }) => ({
        fingerprint,
        name: of,
        severity,
        labels,
        startsAtMs,
      }));
    sendJson(response, 200, { total: alerts.length, alerts, warnings: [] });
    return;
  }
  const found =
    id === undefined ? lists[name]?.(world, query) : details[name]?.(world, decodeURIComponent(id));
  if (found === undefined) notFound(response, resource);
  else sendJson(response, 200, found);
}

const lists: Readonly<Record<string, (world: World, query: URLSearchParams) => unknown>> = {
  overview: (world) => makeOverview(world.nowMs, world.findings, world.alerts, drillsOf(world), world.ledger),
  findings: (world, query) => listFindings(world.findings, query, world.nowMs),
  alerts: ({ alerts }, query) => listAlerts(alerts, query),
  silences: ({ nowMs, findings }) => makeSilences(nowMs, findings.length === 0 ? 0 : 24),
  suppressions: ({ nowMs, findings }, query) => {
    const isEmpty = findings.length === 0;
    return listSuppressions(
      makeSilences(nowMs, isEmpty ? 0 : 24),
      makeExceptions(nowMs, isEmpty ? 0 : 8),
      query,
    );
  },
  routes: () => makeRoutes(),
  notifications: ({ nowMs, findings }) => makeNotifications(nowMs, findings.length === 0 ? 0 : 400),
  peers: ({ nowMs, findings }) => makePeers(nowMs, findings.length === 0),
  receivers: ({ nowMs, findings }) => makeReceivers(nowMs, findings.length === 0),
  dashboards: ({ findings }) => listDashboards(findings.length === 0),
  drills: (world) => ({ items: drillsOf(world) }),
  ledger: ({ ledger }, query) => ({
    items: ledger
      .filter(({ cause }) => query.get('cause') === null || cause === query.get('cause'))
      .reverse(),
  }),
  inbox: ({ nowMs, alerts }, query) => {
    const all = makeInbox(nowMs, alerts[0], 130);
    const offset = Number(query.get('offset') ?? 0);
    return {
      total: all.length,
      unread: all.filter(({ read }) => !read).length,
      items: all.slice(offset, offset + Number(query.get('limit') ?? 50)),
    };
  },
};

const details: Readonly<Record<string, (world: World, id: string) => unknown>> = {
  findings: ({ findings, ledger, alerts }, id) => {
    const finding = findings.find((each) => each.id === id);
    if (finding === undefined) return undefined;
    const first = finding === findings[0];
    return {
      ...findingDetail(finding),
      history: first ? ledger.slice(60) : [],
      alerts: first ? alerts.slice(0, 1) : [],
    };
  },
  exceptions: ({ nowMs }, id) => makeExceptions(nowMs, 8).find((one) => one.id === id),
  silences: ({ nowMs }, id) => makeSilences(nowMs, 24).items.find((silence) => silence.id === id),
  alerts: ({ alerts, ledger }, id) => {
    if (id === 'groups') return groupAlerts(alerts);
    const alert = alerts.find(({ fingerprint }) => fingerprint === id);
    return alert === undefined ? undefined : alertDetail(alert, alert === alerts[0] ? ledger.slice(60) : []);
  },
  dashboards: (_world, id) => oneDashboard(id),
  drills: (world, id) => drillsOf(world).find((drill) => drill.id === id),
  inbox: ({ nowMs, alerts }, id) =>
    makeInbox(nowMs, alerts[0], 130).find((message) => message.id === Number(id)),
};

function startDrill(world: World, request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const { receiver = 'inbox' } = JSON.parse(body || '{}') as { receiver?: string };
    const id = `drill-new-${world.started.size + 1}`;
    world.started.set(id, { receiver, atMs: Date.now() });
    sendJson(response, 202, runningDrill(id, receiver, Date.now(), Date.now()));
  });
}

function serveFile(path: string, response: ServerResponse): void {
  if (routes.some((route) => route.test(path)) || !/\.\w+$/.test(path)) {
    servePage(path, response);
    return;
  }
  try {
    const file = normalize(join(dist, path));
    if (!file.startsWith(dist)) throw new Error('outside');
    const bytes = readFileSync(file);
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
    response.end(bytes);
  } catch {
    sendText(response, 404, `there is no ${path}`);
  }
}

function servePage(path: string, response: ServerResponse): void {
  const nonce = randomBytes(16).toString('base64');
  const base = `./${'../'.repeat(path.split('/').length - 1)}`;
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
    .replace('<base href="./" />', `<base href="${base}" />`)
    .replace('name="csp-nonce" content=""', `name="csp-nonce" content="${nonce}"`);
  response.writeHead(routes.some((route) => route.test(path)) ? 200 : 404, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'self'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
  });
  response.end(html);
}

function notFound(response: ServerResponse, resource: string): void {
  sendJson(response, 404, { code: 'not_found', error: `There is no ${resource}.` });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(text);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

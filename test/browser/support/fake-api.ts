import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AlertJson, DrillJson, FindingJson, LedgerRowJson } from '../../../src/api/skopos/contract.ts';
import type { FastifyInstance } from '../../../src/http/server.ts';
import { serveFile } from './built-pages.ts';
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
  /** As it was at first, in that mode: for the next test. */
  reset(mode: Mode): void;
  /** Sends an event to every page that listens. */
  emit(event: 'ledger' | 'changed', data: unknown): void;
  /** Breaks the event streams and refuses new ones until called with true. */
  events(on: boolean): void;
  close(): Promise<void>;
}

/** Serves the built pages as the real server does (base, nonce, strict policy), over made-up data that fits the contract. */
export async function startFakeApi(first: Mode, prefix = '/'): Promise<FakeApi> {
  const nowMs = Date.now();
  const streams = new Set<ServerResponse>();
  let eventsOn = true;
  const started: World['started'] = new Map();
  // Made when they are first asked for: 10,000 of something are a second of work.
  const worlds = {
    busy: once(() => makeWorld(nowMs, 10_000, started)),
    empty: once(() => makeWorld(nowMs, 0, started)),
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname.slice(prefix.length);
    const resource = path.replace('api/skopos/v1/', '');
    if (!url.pathname.startsWith(prefix)) sendText(response, 404, 'outside of the prefix');
    else if (!path.startsWith('api/')) serveFile(path, response);
    else if (resource === 'events') openStream(request, response);
    else if (path.startsWith('api/v1/') || resource === 'explain')
      serveReal(prometheus(), request, `/${path}${url.search}`, response);
    else if (isOperator(resource) && api.mode !== 'error')
      serveReal(operator(), request, `/${path}${url.search}`, response);
    else if (isImages(resource) && api.mode !== 'error')
      serveReal(images(), request, `/${path}${url.search}`, response);
    else if (isNodes(resource) && api.mode !== 'error')
      serveReal(nodes(), request, `/${path}${url.search}`, response);
    else if (isLive(resource) && api.mode !== 'error')
      serveReal(live(), request, `/${path}${url.search}`, response);
    else if (isPushed(resource) && api.mode !== 'error')
      serveReal(pushed(), request, `/${path}${url.search}`, response);
    else if (isMonitoring(resource) && api.mode !== 'error')
      serveReal(monitoring(), request, `/${path}${url.search}`, response);
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
    else answer(worlds[api.mode](), request, resource, query, response);
  }

  const prometheus = once(() => fakePrometheus(nowMs));
  const monitoring = once(() => fakeMonitoring(nowMs));
  const live = once(() => fakeLive(nowMs));
  const images = once(() => fakeImages(nowMs));
  const nodes = once(() => fakeNodes(nowMs));
  const pushed = once(() => fakePushed(nowMs));
  const operator = once(() => fakeOperator(nowMs));

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
    reset(mode) {
      api.mode = mode;
      eventsOn = true;
      started.clear();
    },
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

function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface World {
  readonly nowMs: number;
  readonly findings: readonly FindingJson[];
  readonly alerts: readonly AlertJson[];
  readonly ledger: readonly LedgerRowJson[];
  readonly drills: DrillJson[];
  readonly started: Map<string, { receiver: string; atMs: number }>;
}

function makeWorld(nowMs: number, findings: number, started: World['started']): World {
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
    started,
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

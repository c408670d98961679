import type { FastifyInstance } from '../../http/server.ts';
import type { EventsJson } from './contract.ts';
import { base } from './parameters.ts';
import type { ChangedWhat, SkoposSource } from './source.ts';

/** No sort of change is told more often than this. */
const coalesceMs = 250;
/** Keeps proxies from ending a quiet connection. */
const heartbeatMs = 15_000;
/** What may wait for a client before it is taken for lost. */
const maxWaitingBytes = 1024 * 1024;
/** Pages open at once; each costs a connection. */
const maxClients = 200;

type Client = (text: string) => void;

/** `GET /events`: server-sent events. A client that does not read is dropped; its browser connects again. */
export function eventRoutes(app: FastifyInstance, source: SkoposSource): void {
  const { clock } = source;
  const clients = new Set<Client>();
  const closers = new Set<() => void>();
  const waiting = new Map<ChangedWhat, () => void>();
  const lastToldMs = new Map<ChangedWhat, number>();

  const tell = (text: string): void => {
    for (const client of clients) client(text);
  };
  const tellChanged = (what: ChangedWhat): void => {
    waiting.delete(what);
    lastToldMs.set(what, clock.now());
    tell(eventText('changed', { what }));
  };
  const cancels = [
    source.ledger.subscribe((row) => {
      if (clients.size > 0) tell(eventText('ledger', row));
    }),
    source.onChanged((what) => {
      if (clients.size === 0 || waiting.has(what)) return;
      const sinceMs = clock.now() - (lastToldMs.get(what) ?? Number.NEGATIVE_INFINITY);
      // The first is told at once, so that a page is never behind by more than it must.
      if (sinceMs >= coalesceMs) tellChanged(what);
      else
        waiting.set(
          what,
          clock.timer(coalesceMs - sinceMs, () => tellChanged(what)),
        );
    }),
  ];

  app.addHook('preClose', async () => {
    for (const cancel of [...cancels, ...waiting.values()]) cancel();
    for (const close of closers) close();
  });

  app.get(`${base}/events`, (request, reply) => {
    if (clients.size >= maxClients)
      return reply
        .code(503)
        .send({ code: 'UNAVAILABLE', error: `${maxClients} pages are connected already` });
    reply.hijack();
    const { raw } = reply;
    const drop = (): void => {
      clients.delete(write);
      closers.delete(end);
      cancelBeat();
    };
    const end = (): void => {
      drop();
      raw.end();
    };
    const write: Client = (text) => {
      if (raw.writableLength + text.length <= maxWaitingBytes) raw.write(text);
      else {
        drop();
        raw.destroy();
      }
    };
    let cancelBeat = (): void => undefined;
    const beat = (): void => {
      cancelBeat = clock.timer(heartbeatMs, () => {
        write(': still here\n\n');
        if (clients.has(write)) beat();
      });
    };
    raw.on('error', drop);
    raw.on('close', drop);
    request.raw.on('close', drop);
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    clients.add(write);
    closers.add(end);
    beat();
    write(`retry: 2000\n\n${eventText('hello', { version: source.version, atMs: clock.now() })}`);
  });
}

function eventText<Name extends keyof EventsJson>(name: Name, data: EventsJson[Name]): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

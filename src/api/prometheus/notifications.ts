import type { FastifyInstance } from '../../http/server.ts';
import type { Clock } from '../../kit/clock.ts';
import { success } from './envelope.ts';
import type { StatusSource } from './source.ts';

/** How soon a client that listens hears of a change. */
const lookEveryMs = 1000;
/** As `web.max-notifications-subscribers` of Prometheus has it by default. */
const mostListeners = 16;

interface Notification {
  readonly text: string;
  readonly date: string;
  readonly active: boolean;
}

/**
 * `GET /api/v1/notifications`: what whoever runs the server should know now; `/notifications/live`: the same as server-sent events, and
 * again when it changes. No more clients may listen than in Prometheus; others get 204, at which a browser stops asking.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#notifications
 */
export function notificationRoutes(app: FastifyInstance, status: StatusSource, clock: Clock): void {
  const closers = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const close of closers) close();
  });

  app.get('/api/v1/notifications', async () => success(current(status)));

  app.get('/api/v1/notifications/live', (_request, reply) => {
    if (closers.size >= mostListeners) return reply.code(204).send();
    reply.hijack();
    const { raw } = reply;
    let told: readonly Notification[] = [];
    let cancel = (): void => {};
    const look = (): void => {
      const now = current(status);
      const gone = told.filter(({ text }) => !now.some((other) => other.text === text));
      const fresh = now.filter(({ text }) => !told.some((other) => other.text === text));
      for (const one of [...gone.map((old) => ({ ...old, active: false })), ...fresh])
        raw.write(`data: ${JSON.stringify(one)}\n\n`);
      told = now;
      cancel = clock.timer(lookEveryMs, look);
    };
    const end = (): void => {
      closers.delete(end);
      cancel();
      raw.end();
    };
    closers.add(end);
    raw.once('close', end);
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      connection: 'keep-alive',
    });
    raw.flushHeaders();
    look();
    return reply;
  });
}

function current(status: StatusSource): readonly Notification[] {
  const { ok, atMs, failedAtMs } = status.reload();
  if (ok) return [];
  const date = new Date(failedAtMs ?? atMs).toISOString();
  return [{ text: 'Configuration reload has failed.', date, active: true }];
}

import { messageOf } from '../kit/app-error.ts';
import { backoffMs } from '../kit/backoff.ts';
import type { Clock } from '../kit/clock.ts';
import { sleep } from '../kit/sleep.ts';
import type { Logger } from '../log/logger.ts';
import type { Ledger } from '../model/ledger.ts';
import type { InboxStore } from './inbox-store.ts';
import { type Integration, laneKey } from './lane.ts';
import type { Notification } from './notification.ts';
import { NotifyError } from './notifier.ts';
import { passingMemory, type ReceiverMemory } from './receiver-memory.ts';
import { Renderer, type TemplateEngine } from './renderer.ts';
import type { Resources } from './resources.ts';
import type { RouterMetrics } from './router-metrics.ts';

export interface DeliveryDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly inbox: InboxStore;
  /** Kept for as long as the process when left out. */
  readonly memory?: ReceiverMemory;
  readonly resources: Resources;
  readonly metrics: RouterMetrics;
  engineFor(notification: Notification): TemplateEngine;
  /** Told of every attempt's end. */
  outcome(outcome: 'delivered' | 'failed' | 'retrying'): void;
  /** Told when an attempt has failed and there will be another. */
  paused?(): void;
  /** Asked before an attempt that is not the first: whether there is still something to say. */
  resumed?(): Promise<boolean>;
}

/** Causes of what is new in a notification, each with the fingerprints that it concerns. */
export type Causes = readonly (readonly [cause: string, fingerprints: readonly string[]])[];

/** One attempt gets this long, so that a receiver that hangs can be tried again. */
const attemptTimeoutMs = 15_000;

const retry = { initialMs: 500, maxMs: 60_000, factor: 1.5 };

/**
 * Sends one notification, trying again with growing pauses until `deadlineMs`. Every attempt and what came of it is in the ledger.
 *
 * @returns `told` when there was nothing left to say before it could be delivered
 */
export async function deliver(
  notification: Notification,
  integration: Integration,
  options: { readonly deadlineMs: number; readonly causes: Causes },
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<'delivered' | 'failed' | 'told'> {
  const { clock, metrics, log } = deps;
  const { receiver, config, name } = integration;
  const labels = { receiver, integration: config.kind.name };
  const write = (hop: 'notify' | 'receipt', decision: string, detail: Readonly<Record<string, unknown>>) => {
    for (const [cause, fingerprints] of options.causes)
      deps.ledger({
        atMs: clock.now(),
        cause,
        hop,
        subject: `group:${notification.groupKey}`,
        decision,
        detail: { receiver, integration: name, fingerprints, ...detail },
      });
  };

  for (let attempt = 1; ; attempt++) {
    const startedMs = clock.now();
    const render = new Renderer(deps.engineFor(notification));
    write('notify', 'sending', { attempt, reason: notification.reason, status: notification.status });
    metrics.sent(labels);
    let failure: unknown;
    try {
      const receipt = await attemptOnce(notification, integration, render, deps, signal);
      metrics.delivered(receiver, clock.now());
      deps.outcome('delivered');
      for (const problem of render.problems)
        log.warn({ receiver, integration: name, problem }, 'template failed');
      write('receipt', 'delivered', {
        attempt,
        note: receipt.note,
        tookMs: clock.now() - startedMs,
        ...(receipt.status === undefined ? {} : { status: receipt.status }),
        ...(render.problems.length === 0 ? {} : { templateProblems: render.problems }),
        ...(notification.drill ? { drill: true } : {}),
      });
      return 'delivered';
    } catch (error) {
      failure = error;
    }
    if (signal.aborted) return 'failed';
    const problem = messageOf(failure);
    const status = failure instanceof NotifyError ? failure.status : undefined;
    const isRetryable = !(failure instanceof NotifyError) || failure.retryable;
    const asked = failure instanceof NotifyError ? (failure.retryAfterMs ?? 0) : 0;
    const pauseMs = Math.max(asked, backoffMs(attempt - 1, retry));
    const isLast = !isRetryable || clock.now() + pauseMs >= options.deadlineMs;
    metrics.failed({ ...labels, reason: reasonOf(failure, isRetryable) });
    deps.outcome(isLast ? 'failed' : 'retrying');
    log[isLast ? 'error' : 'warn'](
      { receiver, integration: name, attempt, problem },
      isLast ? 'notification failed' : 'notification will be retried',
    );
    write('receipt', isLast ? 'failed' : 'retrying', {
      attempt,
      problem,
      tookMs: clock.now() - startedMs,
      ...(status === undefined ? {} : { status }),
      ...(isLast ? {} : { againInMs: Math.round(pauseMs) }),
    });
    if (isLast) return 'failed';
    deps.paused?.();
    if (!(await sleep(pauseMs, signal, clock))) return 'failed';
    if ((await deps.resumed?.()) === false) return 'told';
  }
}

async function attemptOnce(
  notification: Notification,
  integration: Integration,
  render: Renderer,
  { clock, inbox, resources, memory }: DeliveryDeps,
  signal: AbortSignal,
) {
  const { config } = integration;
  // By hand, as `AbortSignal.any` costs as much as the rest of this for each of a flood.
  const attempt = new AbortController();
  const stop = (): void => attempt.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const cancel = clock.timer(attemptTimeoutMs, () => attempt.abort());
  try {
    return await config.kind.send(
      notification,
      config.settings,
      {
        http: (http) => resources.http(http),
        mailer: resources.mailer,
        inbox,
        render,
        memory: memory?.of(laneKey(notification.groupKey, integration)) ?? passingMemory(),
      },
      attempt.signal,
    );
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

/** In Alertmanager's words where it has one. */
function reasonOf(failure: unknown, isRetryable: boolean): string {
  const status = failure instanceof NotifyError ? (failure.status ?? 0) : 0;
  if (status >= 500) return 'serverError';
  if (status >= 400) return 'clientError';
  return isRetryable ? 'other' : 'refused';
}

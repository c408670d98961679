import type { BacktestJson } from '../../../src/api/skopos/contract.ts';
import type { RuleChecks } from '../../../src/api/skopos/rule-checks.ts';
import { NotFoundError } from '../../../src/kit/app-error.ts';
import type { AlertOutcome, BacktestResult, Episode, SentNotification } from '../../../src/model/backtest.ts';
import { seeded } from './random.ts';

const hourMs = 3_600_000;

/** Lints and back-tests made up: a week of a busy rule, one that never fires, and one that fails. */
export function fakeRuleChecks(nowMs: number, isEmpty: boolean): RuleChecks {
  const done: BacktestJson = {
    ...{
      id: 'b1',
      startedAtMs: nowMs - 60_000,
      state: 'done',
      what: 'shop-health',
      since: '7d',
      problem: '',
    },
    progress: { done: 1, atMs: nowMs },
  };
  const running: BacktestJson = {
    ...done,
    ...{ id: 'b2', state: 'running', what: 'all rules that run' },
    progress: { done: 0.4, atMs: nowMs - 80 * hourMs },
  };
  return {
    async lint() {
      return {
        atMs: nowMs,
        rules: 3,
        items: isEmpty
          ? []
          : [
              {
                ...{ lint: 'counter-without-rate', severity: 'warning', kind: 'alerting' },
                ...{ file: 'rules.yml', line: 4, group: 'shop-0', rule: 'CartDown' },
                message: 'It compares a counter as it is.',
                suggestion: 'increase(errors_total[5m]) > 10',
              },
            ],
      };
    },
    backtests: {
      list: () => ({
        items: isEmpty ? [] : [done, running],
        groups: [{ name: 'shop-health', rules: ['CartDown', 'CartSlow'] }],
      }),
      start: () => running,
      cancel: () => running,
      get(id) {
        if (isEmpty) throw new NotFoundError(`there is no back-test ${id}`);
        return id === 'b2' ? running : { ...done, result: madeUp(nowMs) };
      },
    },
  };
}

function madeUp(nowMs: number): BacktestResult {
  const [startMs, endMs] = [nowMs - 168 * hourMs, nowMs];
  const random = seeded(7);
  const alerts = Array.from({ length: 60 }, (_, i): AlertOutcome => {
    const episodes: Episode[] = [];
    let atMs = startMs + random() * 30 * hourMs;
    while (atMs < endMs) {
      const firedAtMs = atMs + hourMs / 2;
      const endedAtMs = firedAtMs + random() * 6 * hourMs;
      const hasFired = random() > 0.3;
      if (!hasFired) episodes.push({ activeAtMs: atMs, endedAtMs: Math.min(endMs, firedAtMs) });
      else if (endedAtMs > endMs) episodes.push({ activeAtMs: atMs, firedAtMs });
      else episodes.push({ activeAtMs: atMs, firedAtMs, endedAtMs });
      atMs = endedAtMs + random() * 60 * hourMs;
    }
    return { labels: { alertname: 'CartDown', instance: `cart-${i}.shop.svc:8080`, job: 'cart' }, episodes };
  });
  const sent = Array.from(
    { length: 300 },
    (_, i): SentNotification => ({
      atMs: startMs + ((i + 1) / 301) * (endMs - startMs),
      ...{ receiver: 'slack-shop', integration: 'slack', status: i % 3 === 0 ? 'resolved' : 'firing' },
      reason: i % 3 === 0 ? 'all alerts resolved' : 'new alerts added',
      ...{ alertnames: ['CartDown'], alerts: 1 + (i % 9), groupLabels: { alertname: 'CartDown' } },
    }),
  );
  const rule = { file: 'rules.yml', line: 4, group: 'shop-health', keepFiringForMs: 0, intervalMs: 60_000 };
  const nothing = {
    pending: 0,
    fired: 0,
    resolved: 0,
    alerts: [],
    moreAlerts: 0,
    notifications: 0,
    problem: '',
  };
  return {
    ...{ startMs, endMs, source: "Skopos' own store" },
    rules: [
      {
        ...{ ...rule, name: 'CartDown', expr: 'up{job="cart"} == 0', forMs: hourMs / 2, alerts },
        ...{ pending: 210, fired: 148, resolved: 140, moreAlerts: 12, notifications: 300, problem: '' },
      },
      { ...rule, ...nothing, name: 'CartSlow', expr: 'latency > 2', forMs: 0 },
      {
        ...{ ...rule, ...nothing, name: 'CartOdd', expr: 'a / b > 2', forMs: 0 },
        problem: 'many-to-many matching not allowed: matching labels must be unique on one side',
      },
    ],
    notifications: {
      total: 300,
      byReceiver: [{ receiver: 'slack-shop', integration: 'slack', total: 300, firing: 200, resolved: 100 }],
      sent,
      more: 0,
    },
    warnings: ['CartBroken reads what other rules record'],
  };
}

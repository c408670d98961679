import { z } from 'zod';
import { optionalFlag, optionalText } from '../config/fields.ts';
import type { NotifiedAlert } from '../notification.ts';
import { defineNotifier } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { truncate } from '../wire/truncate.ts';

const schema = z.strictObject({ send_resolved: optionalFlag, title: optionalText, text: optionalText });

interface Settings {
  readonly title: string | undefined;
  readonly text: string | undefined;
}

const maxTitleChars = 500;
const maxTextChars = 20_000;
const maxAlerts = 200;

/** Ours: keeps what was sent, for the page that shows it as a person would see it. */
export const inbox = defineNotifier<typeof schema, Settings>({
  name: 'inbox',
  isOwn: true,
  sendResolved: true,
  schema,

  inherit: (entry) => entry,

  resolve: ({ title, text }) => ({ title: title ?? undefined, text: text ?? undefined }),

  templates: ({ title, text }) => [
    ...(title === undefined ? [] : [{ path: 'title', template: title }]),
    ...(text === undefined ? [] : [{ path: 'text', template: text }]),
  ],

  async send(notification, settings, { render, inbox: store }) {
    const title =
      settings.title === undefined
        ? plainTitle(notification)
        : render.text('title', settings.title, plainTitle(notification));
    const text =
      settings.text === undefined
        ? defaultText(notification.alerts)
        : render.text('text', settings.text, plainBody(notification));
    const id = store.add(notification.id, {
      atMs: notification.atMs,
      receiver: notification.receiver,
      status: notification.status,
      title: truncate(title.trim(), maxTitleChars),
      text: truncate(text.trim(), maxTextChars - maxTitleChars) + truncate(render.notice(), maxTitleChars),
      severity: gravest(notification.alerts),
      alerts: notification.alerts
        .slice(0, maxAlerts)
        .map(({ fingerprint, status, labels, annotations, startsAtMs }) => ({
          fingerprint,
          status,
          labels,
          annotations,
          startsAtMs,
        })),
      drill: notification.drill,
    });
    return { note: `inbox message ${id}` };
  },
});

/** Summary, description and runbook of each alert. */
function defaultText(alerts: readonly NotifiedAlert[]): string {
  const shown = alerts.slice(0, 20).map(({ status, labels, annotations }) => {
    const head = annotations['summary'] ?? annotations['title'] ?? labels['alertname'] ?? 'alert';
    const lines = [
      `${status === 'resolved' ? 'Resolved: ' : ''}${head}`,
      annotations['description'] ?? annotations['message'] ?? '',
      annotations['runbook_url'] === undefined ? '' : `Runbook: ${annotations['runbook_url']}`,
    ];
    return lines.filter((line) => line !== '').join('\n');
  });
  const left = alerts.length - shown.length;
  return [...shown, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n\n');
}

const severities = ['critical', 'page', 'error', 'high', 'warning', 'medium', 'low', 'info', 'none'];

function gravest(alerts: readonly NotifiedAlert[]): string {
  const found = alerts.map(({ labels }) => labels['severity'] ?? '').filter((severity) => severity !== '');
  const rank = (severity: string) => {
    const at = severities.indexOf(severity);
    return at === -1 ? severities.length : at;
  };
  return found.sort((a, b) => rank(a) - rank(b))[0] ?? '';
}

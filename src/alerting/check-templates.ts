import { messageOf } from '../kit/app-error.ts';
import { systemClock } from '../kit/clock.ts';
import { ConfigFileError } from '../kit/yaml-config.ts';
import type { AlertingConfig } from './config/alerting-config.ts';
import { ConfiguredTemplates } from './configured-templates.ts';
import type { Notification, NotifiedAlert } from './notification.ts';

/**
 * Parses every template of a configuration and tries it on a sample, firing and resolved, so that one which cannot work is
 * refused now and not found when it matters.
 *
 * @throws {ConfigFileError} naming the file, the line, the receiver's field and what the template engine says.
 */
export function checkTemplates(config: AlertingConfig): void {
  const templates = new ConfiguredTemplates(config.templates, 'http://localhost', systemClock);
  for (const [i, receiver] of config.receivers.entries()) {
    for (const { kind, index, settings } of receiver.integrations) {
      for (const { path, template, html } of kind.templates(settings)) {
        for (const notification of samples(receiver.name)) {
          try {
            const engine = templates.engineFor(notification);
            if (html) engine.html(template, path);
            else engine.text(template, path);
          } catch (error) {
            const own = path.split(/[.[\]]+/).filter((part) => part !== '');
            const whole = ['receivers', i, `${kind.name}_configs`, index, ...own.map(indexOrName)];
            throw new ConfigFileError(
              config.file,
              config.lineOf(whole),
              `receivers[${i}].${kind.name}_configs[${index}].${path}`,
              `the template fails (receiver "${receiver.name}", tried on a sample alert): ${messageOf(error)}`,
              { cause: error },
            );
          }
        }
      }
    }
  }
}

function indexOrName(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

function samples(receiver: string): readonly Notification[] {
  return (['firing', 'resolved'] as const).map((status) => sampleNotification(receiver, status));
}

/** Two alerts with the labels and annotations that templates most often name. */
export function sampleNotification(receiver: string, status: 'firing' | 'resolved'): Notification {
  const alerts = ['a', 'b'].map((name): NotifiedAlert => sampleAlert(name, status));
  const { pod: _pod, ...common } = alerts[0]?.labels ?? {};
  return {
    id: 'sample',
    groupKey: '{}:{alertname="SampleAlert"}',
    receiver,
    status,
    reason: status === 'firing' ? 'first notification' : 'all alerts resolved',
    alerts,
    groupLabels: { alertname: 'SampleAlert' },
    commonLabels: common,
    commonAnnotations: alerts[0]?.annotations ?? {},
    routeLabels: {},
    externalURL: 'http://localhost',
    atMs: startsAtMs,
    drill: false,
  };
}

const startsAtMs = Date.UTC(2026, 0, 1);

function sampleAlert(name: string, status: 'firing' | 'resolved'): NotifiedAlert {
  return {
    fingerprint: `000000000000000${name}`,
    status,
    labels: {
      alertname: 'SampleAlert',
      cluster: 'sample',
      container: 'app',
      instance: '10.0.0.1:9100',
      job: 'sample',
      namespace: 'default',
      node: 'node-1',
      pod: `sample-${name}`,
      service: 'sample',
      severity: 'critical',
      team: 'sample',
    },
    annotations: {
      summary: 'A sample alert',
      description: 'What a rule would say of it.',
      message: 'A sample alert',
      title: 'A sample alert',
      runbook_url: 'http://localhost/runbook',
      dashboard_url: 'http://localhost/dashboard',
    },
    startsAtMs,
    endsAtMs: status === 'firing' ? 0 : startsAtMs + 60_000,
    generatorURL: 'http://localhost/graph?g0.expr=up',
  };
}

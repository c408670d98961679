import { messageOf } from '../kit/app-error.ts';
import type { Clock } from '../kit/clock.ts';
import { ConfigFileError } from '../kit/yaml-config.ts';
import type { Labels } from '../model/labels.ts';
import {
  type BoundTemplates,
  NotificationTemplates,
} from '../template/alertmanager/notification-templates.ts';
import { TemplateError } from '../template/templates.ts';
import type { AlertGroup } from './alert-group.ts';
import { buildNotification, type Snapshot } from './build-notification.ts';
import type { TemplateFile } from './config/alerting-config.ts';
import type { Notification } from './notification.ts';

/** Route labels may use one another; more turns than this and they go in a circle. */
const maxTurns = 4;

/** The templates of a configuration over the built-in ones. */
export class ConfiguredTemplates {
  readonly #templates: NotificationTemplates;
  readonly #externalURL: string;

  /** @throws {ConfigFileError} when a file does not parse. */
  constructor(files: readonly TemplateFile[], externalURL: string, clock: Pick<Clock, 'now'>) {
    this.#templates = new NotificationTemplates({ clock });
    this.#externalURL = externalURL;
    for (const { file, text } of files) {
      try {
        this.#templates.add(text, file);
      } catch (error) {
        const line = error instanceof TemplateError ? error.line : 0;
        throw new ConfigFileError(file, line, '', messageOf(error), { cause: error });
      }
    }
  }

  /** @throws {TemplateError} when the template does not parse. */
  check(template: string, field: string): void {
    this.#templates.check(template, field);
  }

  engineFor(notification: Notification): BoundTemplates {
    return this.#templates.bind(notification);
  }

  /** The route's labels for a group; one whose template fails is ''. */
  routeLabels(
    group: Pick<AlertGroup, 'node' | 'key' | 'labels' | 'isDrill' | 'receiver'>,
    snapshot: Pick<Snapshot, 'firing' | 'resolved'>,
  ): Labels {
    const templates = Object.entries(group.node.config.labels);
    if (templates.length === 0) return {};
    let labels: Labels = {};
    for (let turn = 0; turn < maxTurns; turn++) {
      const notification = buildNotification(
        group,
        { ...snapshot, atMs: 0, seq: 0 },
        {
          id: '',
          receiver: group.receiver,
          reason: 'first notification',
          externalURL: this.#externalURL,
          routeLabels: labels,
          sendResolved: true,
        },
      );
      const engine = this.#templates.bind(notification);
      const next = Object.fromEntries(templates.map(([name, template]) => [name, orEmpty(engine, template)]));
      const isStable = templates.every(([name]) => next[name] === labels[name]);
      labels = next;
      if (isStable) break;
    }
    return labels;
  }
}

function orEmpty(engine: BoundTemplates, template: string): string {
  try {
    return engine.text(template);
  } catch {
    return '';
  }
}

import { messageOf } from '../kit/app-error.ts';
import { ConfigFileError } from '../kit/yaml-config.ts';
import type { Labels } from '../model/labels.ts';
import { Templates } from '../template/templates.ts';
import type { AlertGroup } from './alert-group.ts';
import type { Snapshot } from './build-notification.ts';
import type { TemplateFile } from './config/alerting-config.ts';
import type { Notification } from './notification.ts';
import type { TemplateEngine } from './renderer.ts';

/** The templates of a configuration over the built-in ones, with a notification's data. */
export class NotificationTemplates {
  readonly #templates: Templates;
  readonly #externalURL: string;

  /** @throws {ConfigFileError} when a file does not parse. */
  constructor(files: readonly TemplateFile[], externalURL: string) {
    this.#templates = new Templates({ missingKey: 'zero' });
    this.#externalURL = externalURL;
    for (const { file, text } of files) {
      try {
        this.#templates.add(text, file);
      } catch (error) {
        throw new ConfigFileError(file, 0, '', messageOf(error), { cause: error });
      }
    }
  }

  engineFor(_notification: Notification): TemplateEngine {
    return { text: (template) => template, html: (template) => template };
  }

  routeLabels(_group: AlertGroup, _snapshot: Pick<Snapshot, 'firing' | 'resolved'>): Labels {
    void this.#externalURL;
    return {};
  }
}

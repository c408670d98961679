import type { Clock } from '../../kit/clock.ts';
import type { Labels } from '../../model/labels.ts';
import type { Limits } from '../limits.ts';
import { Templates } from '../templates.ts';
import { type NotificationInput, notificationData } from './data.ts';
import { defaultTemplates } from './default-templates.ts';
import { alertmanagerFunctions } from './functions.ts';

export interface NotificationTemplatesOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly limits?: Partial<Limits>;
}

/** Renders the templates of one notification. Both throw {@link TemplateError}; `field` names the template in messages. */
export interface BoundTemplates {
  text(template: string, field?: string): string;
  html(template: string, field?: string): string;
}

/**
 * Templates as Alertmanager runs them: its functions, its defaults by name, the files of `templates:`, and what is
 * missing in a map of texts is ''.
 */
export class NotificationTemplates {
  readonly #templates: Templates;
  #routeLabels: Labels = {};

  constructor({ clock, limits }: NotificationTemplatesOptions) {
    const functions = alertmanagerFunctions({ clock, routeLabel: (name) => this.#routeLabels[name] ?? '' });
    this.#templates = new Templates({
      functions,
      missingKey: 'zero',
      ...(limits === undefined ? {} : { limits }),
    });
    this.#templates.add(defaultTemplates, 'default.tmpl');
  }

  /**
   * Adds a file of the configuration's `templates:`; what it defines replaces the defaults.
   *
   * @throws {TemplateError} when it does not parse; nothing is added then.
   */
  add(source: string, name: string): void {
    this.#templates.add(source, name);
  }

  /** @throws {TemplateError} when a field's template does not parse. */
  check(template: string, field = ''): void {
    this.#templates.check(template, field);
  }

  get names(): readonly string[] {
    return this.#templates.names;
  }

  /** The templates with one notification's data. */
  bind(input: NotificationInput): BoundTemplates {
    // Most bodies are made without a template, and the data are as large as the notification.
    let data: ReturnType<typeof notificationData> | undefined;
    const render = (template: string, name: string, html: boolean): string => {
      // Rendering does not wait, so that nothing else can run between here and its end.
      this.#routeLabels = input.routeLabels ?? {};
      data ??= notificationData(input);
      return this.#templates.render(template, data, { name, html });
    };
    return {
      text: (template, field = '') => render(template, field, false),
      html: (template, field = '') => render(template, field, true),
    };
  }
}

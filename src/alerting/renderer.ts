import { messageOf } from '../kit/app-error.ts';
import type { Notification } from './notification.ts';

/** The template engine with one notification's data. Both throw when a template fails. */
export interface TemplateEngine {
  text(template: string, field: string): string;
  html(template: string, field: string): string;
}

/**
 * Renders the fields of one notification. A template that fails never loses the alert: its field gets a plain text made without
 * templates, and {@link Renderer.notice} says so.
 */
export class Renderer {
  readonly #engine: TemplateEngine;
  readonly #problems: string[] = [];

  constructor(engine: TemplateEngine) {
    this.#engine = engine;
  }

  /** `fallback` is what stands there when the template fails; '' when left out. */
  text(field: string, template: string, fallback = ''): string {
    return this.#render(field, fallback, () => this.#engine.text(template, field));
  }

  html(field: string, template: string, fallback = ''): string {
    return this.#render(field, fallback, () => this.#engine.html(template, field));
  }

  /** What went wrong so far, one sentence each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** For the end of a body: '' when every template worked. Ask for it last. */
  notice(): string {
    if (this.#problems.length === 0) return '';
    return `\n\n[The notification template failed, so parts of this message are plain: ${this.#problems.join('; ')}]`;
  }

  #render(field: string, fallback: string, render: () => string): string {
    try {
      return render();
    } catch (error) {
      this.#problems.push(`${field}: ${messageOf(error).slice(0, 300)}`);
      return fallback;
    }
  }
}

/** `[FIRING:2] HostDown (prod)`, made without templates. */
export function plainTitle({ status, alerts, groupLabels, commonLabels }: Notification): string {
  const firing = alerts.filter((alert) => alert.status === 'firing').length;
  const count = status === 'firing' ? `:${firing}` : '';
  const name = commonLabels['alertname'] ?? groupLabels['alertname'] ?? `${alerts.length} alerts`;
  const more = Object.entries(groupLabels)
    .filter(([label]) => label !== 'alertname')
    .map(([, value]) => value)
    .join(' ');
  return `[${status.toUpperCase()}${count}] ${name}${more === '' ? '' : ` (${more})`}`;
}

/** Every alert with its labels and annotations, made without templates. */
export function plainBody({ alerts }: Notification): string {
  const shown = alerts.slice(0, maxPlainAlerts).map(({ status, labels, annotations }) => {
    const lines = (entries: Readonly<Record<string, string>>) =>
      Object.keys(entries)
        .sort()
        .map((name) => `  ${name}: ${entries[name]}`);
    return [`${status.toUpperCase()}`, ...lines(labels), ...lines(annotations)].join('\n');
  });
  const left = alerts.length - shown.length;
  return [...shown, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n\n');
}

const maxPlainAlerts = 50;

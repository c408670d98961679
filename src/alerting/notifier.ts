import type { z } from 'zod';
import type { HttpClient, HttpReply } from '../http/client.ts';
import type { HttpClientConfig } from '../http/client-config.ts';
import { AppError } from '../kit/app-error.ts';
import { type CompleteGlobals, completeGlobals, type Globals } from './config/global-schema.ts';
import type { InboxStore } from './inbox-store.ts';
import type { Mailer } from './mailer.ts';
import type { Notification } from './notification.ts';
import type { LaneMemory } from './receiver-memory.ts';
import type { Renderer } from './renderer.ts';

/** What a notifier may use. The router owns the lifetime of all of it. */
export interface NotifierDeps {
  /** The client for an `http_config`; the same settings give the same client. */
  http(config: HttpClientConfig): HttpClient;
  readonly mailer: Mailer;
  readonly inbox: InboxStore;
  /** Templates, with this notification's data. */
  readonly render: Renderer;
  /** What was remembered of this group and this entry of a receiver. */
  readonly memory: LaneMemory;
}

/** What came back when it was accepted. */
export interface Receipt {
  /** For people: `200 OK`, `250 queued`, `inbox message 12`. */
  readonly note: string;
  readonly status?: number;
}

/** A template among the settings, for checking before it is needed. */
export interface TemplateField {
  readonly path: string;
  readonly template: string;
  readonly html?: boolean;
}

/** A kind of receiver: its YAML key, its settings, and how to send one notification. */
export interface NotifierKind<Schema extends z.ZodType = z.ZodType, Settings = unknown> {
  /** The receiver's key is `<name>_configs`, as in Alertmanager. */
  readonly name: string;
  readonly sendResolved: boolean;
  /** It tells the people of this process alone, so that no other process can do it in its place. */
  readonly isOwn?: boolean;
  /** One entry of the list, `send_resolved` included. */
  readonly schema: Schema;
  /**
   * The entry with what it takes over from the globals, under the file's own keys.
   *
   * @throws {BadInputError} whose path is relative to the entry.
   */
  inherit(entry: z.output<Schema>, globals: Globals): z.output<Schema>;
  /**
   * The settings, globals merged in.
   *
   * @throws {BadInputError} whose path is relative to the entry.
   */
  resolve(entry: z.output<Schema>, globals: Globals): Settings;
  templates(settings: Settings): readonly TemplateField[];
  /** @throws {NotifyError} when the receiver refuses; anything else thrown is retried. */
  send(
    notification: Notification,
    settings: Settings,
    deps: NotifierDeps,
    signal: AbortSignal,
  ): Promise<Receipt>;
}

/** A kind as its file writes it: `resolve` gets the entry that `inherit` gave. */
export type NotifierDefinition<Schema extends z.ZodType, Settings> = Omit<
  NotifierKind<Schema, Settings>,
  'inherit' | 'resolve'
> & {
  inherit(entry: z.output<Schema>, globals: CompleteGlobals): z.output<Schema>;
  resolve(entry: z.output<Schema>): Settings;
};

/** Types are the kind's own inside, and forgotten outside. */
export function defineNotifier<Schema extends z.ZodType, Settings>(
  kind: NotifierDefinition<Schema, Settings>,
): NotifierKind {
  const inherit = (entry: z.output<Schema>, globals: Globals) =>
    kind.inherit(entry, completeGlobals(globals));
  const made: NotifierKind<Schema, Settings> = {
    ...kind,
    inherit,
    resolve: (entry, globals) => kind.resolve(inherit(entry, globals)),
  };
  return made as unknown as NotifierKind;
}

export class NotifyError extends AppError {
  readonly code = 'NOTIFY_FAILED';
  /** False when the same request would be refused again (bad key, malformed body). */
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { retryable: boolean; status?: number; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(message, options);
    this.retryable = options.retryable;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export interface ExpectOptions {
  /** Texts that a reply may echo and that must not be shown; a function where making them costs something. */
  readonly secrets?: readonly string[] | (() => readonly string[]);
  /** Statuses below 500 after which the same request may work later. */
  readonly retryOn?: readonly number[];
  /** What of the reply says why; its body when left out. */
  readonly details?: (reply: HttpReply) => string;
}

/**
 * 2xx is success; 5xx, and what the receiver names, may be retried; anything else may not.
 *
 * @throws {NotifyError}
 */
export function expectSuccess(receiver: string, reply: HttpReply, options: ExpectOptions = {}): Receipt {
  const { status } = reply;
  if (status >= 200 && status < 300) return { note: `answered ${status}`, status };
  const retryable = status >= 500 || (options.retryOn ?? []).includes(status);
  const details = options.details?.(reply) ?? '';
  const { secrets = [] } = options;
  const said = scrub(
    details === '' ? reply.body : details,
    typeof secrets === 'function' ? secrets() : secrets,
  )
    .trim()
    .slice(0, 200);
  throw new NotifyError(`${receiver} answered ${status}${said === '' ? '' : `: ${said}`}`, {
    retryable,
    status,
    retryAfterMs: reply.retryAfterMs,
  });
}

/** `text` with every secret replaced. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length > 3)
    .reduce((rest, secret) => rest.replaceAll(secret, '<secret>'), text);
}

/** What of an address is a credential, in the forms in which a reply may echo it; the host alone may be shown. */
export function secretsOfAddress(address: string): readonly string[] {
  try {
    const { href, pathname, search, username, password, searchParams } = new URL(address);
    const parts = pathname.split('/').filter((part) => part.length >= 8);
    return [
      address,
      href,
      pathname + search,
      pathname,
      username,
      password,
      ...searchParams.values(),
      ...parts,
    ];
  } catch {
    return [address];
  }
}

import type { Labels } from '../model/labels.ts';
import type { Database, Row, Statement } from '../store/database.ts';
import { makeTables } from './tables.ts';

/** A notification as the person sees it; the JSON shape of the pages' `InboxMessageJson`. */
export interface InboxMessage {
  readonly id: number;
  readonly atMs: number;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly title: string;
  readonly text: string;
  /** The gravest `severity` label among the alerts; '' when none has one. */
  readonly severity: string;
  readonly read: boolean;
  readonly alerts: readonly {
    readonly fingerprint: string;
    readonly status: 'firing' | 'resolved';
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly startsAtMs: number;
  }[];
  readonly drill: boolean;
}

export type NewInboxMessage = Omit<InboxMessage, 'id' | 'read'>;

export interface InboxPage {
  readonly total: number;
  readonly unread: number;
  /** Newest first. */
  readonly items: readonly InboxMessage[];
}

/** What notifications to `inbox` receivers become: kept in SQLite, bounded by count. */
export class InboxStore {
  readonly #database: Database;
  readonly #maxMessages: number;
  readonly #listeners = new Set<(message: InboxMessage) => void>();
  readonly #insert: Statement;
  readonly #trim: Statement;

  constructor(database: Database, options: { readonly maxMessages?: number } = {}) {
    this.#database = database;
    this.#maxMessages = options.maxMessages ?? 1000;
    makeTables(database);
    this.#insert = database.prepare(
      'INSERT OR IGNORE INTO alerting_inbox (notification, at_ms, message) VALUES (?, ?, ?)',
    );
    this.#trim = database.prepare(
      'DELETE FROM alerting_inbox WHERE id <= (SELECT id FROM alerting_inbox ORDER BY id DESC LIMIT 1 OFFSET ?)',
    );
  }

  /**
   * Keeps a message and tells listeners. The same notification given again (after a crash between delivery and its note in the
   * log) is kept once.
   *
   * @param notification the notification's id
   * @returns the message's id
   */
  add(notification: string, message: NewInboxMessage): number {
    const isNew = this.#database.transaction(() => {
      const { changes } = this.#insert.run(notification, message.atMs, JSON.stringify(message));
      if (changes > 0) this.#trim.run(this.#maxMessages);
      return changes > 0;
    });
    const row = this.#database
      .prepare('SELECT id FROM alerting_inbox WHERE notification = ?')
      .get(notification);
    const id = Number(row?.['id'] ?? 0);
    if (isNew) this.#tell({ ...message, id, read: false });
    return id;
  }

  list(options: { readonly offset?: number; readonly limit?: number } = {}): InboxPage {
    const counts = this.#database
      .prepare('SELECT COUNT(*) AS total, COALESCE(SUM(is_read = 0), 0) AS unread FROM alerting_inbox')
      .get();
    const items = this.#database
      .prepare('SELECT id, is_read, message FROM alerting_inbox ORDER BY id DESC LIMIT ? OFFSET ?')
      .all(options.limit ?? 50, options.offset ?? 0)
      .map(messageOfRow);
    return { total: Number(counts?.['total'] ?? 0), unread: Number(counts?.['unread'] ?? 0), items };
  }

  get(id: number): InboxMessage | undefined {
    const row = this.#database
      .prepare('SELECT id, is_read, message FROM alerting_inbox WHERE id = ?')
      .get(id);
    return row === undefined ? undefined : messageOfRow(row);
  }

  /** Marks one message, or all, as read (or unread). Returns how many there were to mark. */
  markRead(id: number | 'all', read = true): number {
    const flag = read ? 1 : 0;
    return id === 'all'
      ? this.#database.prepare('UPDATE alerting_inbox SET is_read = ? WHERE is_read <> ?').run(flag, flag)
          .changes
      : this.#database.prepare('UPDATE alerting_inbox SET is_read = ? WHERE id = ?').run(flag, id).changes;
  }

  /** Calls `listener` for each new message. Returns the function that ends it. */
  subscribe(listener: (message: InboxMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(message: InboxMessage): void {
    for (const listener of this.#listeners) {
      try {
        listener(message);
      } catch {
        // A listener's fault is its own: the message is kept, and the others hear of it.
      }
    }
  }
}

function messageOfRow(row: Row): InboxMessage {
  const message = JSON.parse(String(row['message'])) as NewInboxMessage;
  return { ...message, id: Number(row['id']), read: Number(row['is_read']) === 1 };
}

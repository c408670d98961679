import type { LedgerEntry } from './ledger.ts';

/** A row of the ledger as it is read back. */
export interface FeedRow extends Omit<LedgerEntry, 'hop'> {
  readonly id: number;
  readonly hop: string;
}

/** One verdict that a change brought about. */
export interface FeedVerdict {
  readonly controlId: string;
  /** The object that is judged: the one that changed, or one that hangs on it. */
  readonly subject: string;
  readonly object: string;
  readonly state: string;
  readonly before?: string;
  readonly atMs: number;
}

/** A change with all that followed from it so far. */
export interface FeedItem {
  readonly cause: string;
  readonly atMs: number;
  /** Key of the object that changed: `apps/Deployment/shop/cart`. */
  readonly key: string;
  /** For people: `Deployment shop/cart`. */
  readonly object: string;
  readonly decision: string;
  readonly source: string;
  readonly verdicts: readonly FeedVerdict[];
  /** Findings by what became of them: `opened`, `fixed`, `reappeared`. */
  readonly findings: Readonly<Record<string, number>>;
  /** When each hop was first reached, in milliseconds after the change. */
  readonly hops: Readonly<Record<string, number>>;
  /** Who was told, by receiver, and how that ended. */
  readonly told: readonly {
    readonly receiver: string;
    readonly decision: string;
    readonly afterMs: number;
  }[];
  /** Id of the last row that it was made of. */
  readonly lastId: number;
}

/** How many verdicts of one change are kept; the rest are counted in `hops` alone. */
const mostVerdicts = 200;

/**
 * Puts rows of the ledger together by their cause, newest change first, on top of what was put together before. Rows whose change is
 * not among them are passed over, and so are rows that were taken in before.
 */
export function foldFeed(
  rows: readonly FeedRow[],
  before: readonly FeedItem[] = [],
  most = 200,
): readonly FeedItem[] {
  const items = new Map(before.map((item) => [item.cause, item]));
  for (const row of rows.toSorted((a, b) => a.id - b.id)) {
    const item = items.get(row.cause);
    if (item !== undefined && row.id > item.lastId) items.set(row.cause, withRow(item, row));
    else if (item === undefined && row.hop === 'change') items.set(row.cause, newItem(row));
  }
  return [...items.values()].sort((a, b) => b.atMs - a.atMs || b.lastId - a.lastId).slice(0, most);
}

function newItem({ id, cause, atMs, subject, decision, detail }: FeedRow): FeedItem {
  return {
    cause,
    atMs,
    key: subject,
    object: text(detail['object']),
    decision,
    source: text(detail['source']),
    verdicts: [],
    findings: {},
    hops: { change: 0 },
    told: [],
    lastId: id,
  };
}

function withRow(item: FeedItem, row: FeedRow): FeedItem {
  const afterMs = Math.max(0, row.atMs - item.atMs);
  const hops = item.hops[row.hop] === undefined ? { ...item.hops, [row.hop]: afterMs } : item.hops;
  return { ...item, hops, lastId: row.id, ...added(item, row, afterMs) };
}

function added(item: FeedItem, row: FeedRow, afterMs: number): Partial<FeedItem> {
  switch (row.hop) {
    case 'verdict':
      return item.verdicts.length < mostVerdicts ? { verdicts: [...item.verdicts, verdictOf(row)] } : {};
    case 'finding':
      return {
        findings: { ...item.findings, [row.decision]: (item.findings[row.decision] ?? 0) + 1 },
      };
    case 'receipt': {
      const receiver = text(row.detail['receiver']);
      return { told: [...item.told, { receiver, decision: row.decision, afterMs }] };
    }
    default:
      return {};
  }
}

function verdictOf({ subject, atMs, decision, detail }: FeedRow): FeedVerdict {
  const { control, object, before } = detail;
  const at = subject.indexOf(':');
  return {
    controlId: text(control),
    subject: subject.slice(at + 1),
    object: text(object),
    state: decision,
    ...(typeof before === 'string' ? { before } : {}),
    atMs,
  };
}

/** The namespace of a key such as `apps/Deployment/shop/cart`; '' for what is cluster-scoped. */
export function namespaceOfKey(key: string): string {
  return key.split('/')[2] ?? '';
}

/** The kind of such a key. */
export function kindOfKey(key: string): string {
  return key.split('/')[1] ?? '';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

import type { Labels } from '../../model/labels.ts';
import type { KubeObject } from '../../model/object.ts';

/** One question on the way from an object to samples in the store, and its answer. */
export interface ExplainStep {
  readonly id:
    | 'selector'
    | 'namespace'
    | 'valid'
    | 'values'
    | 'objects'
    | 'endpoints'
    | 'port'
    | 'discovered'
    | 'relabelling'
    | 'scraped'
    | 'loaded'
    | 'evaluated';
  readonly title: string;
  /** `unknown` where it cannot be told, `waiting` where it takes a moment. */
  readonly state: 'ok' | 'failed' | 'warning' | 'unknown' | 'waiting';
  readonly detail: string;
  /** Cases one by one, the first of them. */
  readonly items: readonly string[];
}

/** Objects of the cluster as they are known. */
export interface ObjectView {
  each(kind: string, namespace?: string): Iterable<KubeObject>;
  get(kind: string, namespace: string, name: string): KubeObject | undefined;
}

/** How scraping a section goes. */
export interface PoolView {
  /** What discovery said went wrong; '' when nothing did. */
  readonly problem: string;
  /** Found by discovery, those that relabelling drops included. */
  readonly discovered: number;
  readonly droppedCount: number;
  /** Of the dropped ones, as many as are kept: their labels before relabelling. */
  readonly dropped: readonly Labels[];
  readonly targets: readonly {
    readonly scrapeUrl: string;
    readonly health: 'up' | 'down' | 'unknown';
    readonly lastError: string;
  }[];
  /** What each rule makes of labels, until one drops them. */
  steps(labels: Labels): readonly { readonly rule: unknown; readonly labels: Labels | undefined }[];
}

/** Of a list of cases, so many are told. */
const mostItems = 10;

export function step(
  id: ExplainStep['id'],
  title: string,
  state: ExplainStep['state'],
  detail: string,
  items: readonly string[] = [],
): ExplainStep {
  const more = items.length - mostItems;
  return {
    id,
    title,
    state,
    detail,
    items: more > 0 ? [...items.slice(0, mostItems), `… and ${more} more`] : items,
  };
}

/** `1 Service`, `3 Services`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function nameOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

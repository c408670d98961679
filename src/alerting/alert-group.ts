import { isSameLabels, type Labels } from '../model/labels.ts';
import type { AlertRecord } from './alert-record.ts';
import { groupKeyOf, type RouteNode } from './route-tree.ts';

/** Alerts of one route with the same group labels, and when they are looked at next. */
export class AlertGroup {
  readonly id: string;
  readonly key: string;
  readonly node: RouteNode;
  readonly labels: Labels;
  readonly isDrill: boolean;
  readonly alerts = new Map<string, AlertRecord>();
  /** Why alerts were not notified of at the last flush, by fingerprint; told when it changes. */
  readonly suppressed = new Map<string, string>();
  /** By lane: every change up to this one was delivered, or needs no delivery. */
  readonly doneSeq = new Map<string, number>();
  /** When it was flushed first; undefined before. */
  firstFlushMs: number | undefined;
  nextFlushMs: number;
  /** Since when it holds no alert. */
  emptySinceMs: number | undefined;
  cancelTimer: (() => void) | undefined;

  constructor(node: RouteNode, labels: Labels, options: { isDrill: boolean; nextFlushMs: number }) {
    this.node = node;
    this.labels = labels;
    this.key = groupKeyOf(node, labels);
    this.id = groupIdOf(node, this.key);
    this.isDrill = options.isDrill;
    this.nextFlushMs = options.nextFlushMs;
  }

  get receiver(): string {
    return this.node.config.receiver;
  }
}

/** Whether an alert of the group's route belongs to it. */
export function isOfGroup(group: AlertGroup, labels: Labels): boolean {
  const { groupBy } = group.node.config;
  return groupBy === 'all'
    ? isSameLabels(group.labels, labels)
    : groupBy.every((name) => group.labels[name] === labels[name]);
}

/** Routes with the same matchers share group keys, as upstream; their groups are told apart by place and receiver. */
export function groupIdOf(node: RouteNode, key: string): string {
  return `${node.id}|${node.config.receiver}|${key}`;
}

/** The first time at or after `nowMs` that lies whole intervals after `firstMs`. */
export function nextTick(firstMs: number, intervalMs: number, nowMs: number): number {
  return firstMs + Math.max(1, Math.ceil((nowMs - firstMs) / intervalMs)) * intervalMs;
}

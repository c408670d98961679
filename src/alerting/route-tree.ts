import type { Labels } from '../model/labels.ts';
import type { RouteConfig } from './config/alerting-config.ts';
import { formatMatchers, type LabelTest, labelTest } from './label-test.ts';

/** A node of the routing tree, ready to be asked. */
export interface RouteNode {
  readonly config: RouteConfig;
  /** Matchers from the root down, as in group keys: `{}/{severity="critical"}`. */
  readonly key: string;
  /** Place in the tree, which tells siblings with the same matchers apart: `0.2.1`. */
  readonly id: string;
  readonly matches: LabelTest;
  readonly children: readonly RouteNode[];
}

export function buildRouteTree(config: RouteConfig, parentKey = '', id = '0'): RouteNode {
  const own = formatMatchers(config.matchers);
  const key = parentKey === '' ? own : `${parentKey}/${own}`;
  return {
    config,
    key,
    id,
    matches: labelTest(config.matchers),
    children: config.routes.map((child, i) => buildRouteTree(child, key, `${id}.${i}`)),
  };
}

/** Names of the labels that the tree's matchers look at; a name may come more than once. */
export function routedBy({ matchers, routes }: RouteConfig): string[] {
  return [...matchers.map(({ name }) => name), ...routes.flatMap(routedBy)];
}

/**
 * The nodes that an alert ends at: depth first, children in order, the first that matches ends the search unless it says
 * `continue`; a node whose children all refuse is itself one. Empty only when the node does not match.
 */
export function matchRoutes(node: RouteNode, labels: Labels): readonly RouteNode[] {
  const found: RouteNode[] = [];
  if (node.matches(labels)) addMatching(node, labels, found);
  return found;
}

/** @param node one that matches */
function addMatching(node: RouteNode, labels: Labels, found: RouteNode[]): void {
  const before = found.length;
  for (const child of node.children) {
    if (!child.matches(labels)) continue;
    addMatching(child, labels, found);
    if (!child.config.continue) break;
  }
  if (found.length === before) found.push(node);
}

/** The labels that a node groups an alert by: those named that it has, or all. */
export function groupLabelsOf({ config }: RouteNode, labels: Labels): Labels {
  if (config.groupBy === 'all') return labels;
  const found: Record<string, string> = {};
  for (const name of config.groupBy) {
    const value = labels[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** `<route key>:<labels>`, as receivers see it. */
export function groupKeyOf(node: RouteNode, groupLabels: Labels): string {
  const pairs = Object.keys(groupLabels)
    .sort()
    .map((name) => `${name}=${JSON.stringify(groupLabels[name])}`);
  return `${node.key}:{${pairs.join(', ')}}`;
}

/** Names of receivers, each once, in order. */
export function receiversOf(nodes: readonly RouteNode[]): readonly string[] {
  const [first] = nodes;
  if (nodes.length === 1 && first !== undefined) return [first.config.receiver];
  return [...new Set(nodes.map(({ config }) => config.receiver))];
}

import type { KubeObject } from '../../model/object.ts';

/** What a node says of itself. */
export interface NodeInfo {
  readonly kubeletVersion?: unknown;
  readonly containerRuntimeVersion?: unknown;
  readonly osImage?: unknown;
}

export function nodeInfoOf(node: KubeObject): NodeInfo {
  const status = node['status'] as { nodeInfo?: NodeInfo | null } | null | undefined;
  return status?.nodeInfo ?? {};
}

import type { CollectorLog, HostRoots } from '../../exporters/node/collector.ts';
import { factsPath } from '../../host/channel/facts-path.ts';
import type { Clock } from '../../kit/clock.ts';

/** What an endpoint beside the metrics is made from. */
export interface EndpointContext {
  readonly roots: HostRoots;
  readonly clock: Clock;
  readonly log: CollectorLog;
  /** `--node-name`, or else the environment's NODE_NAME, or the host's name. */
  readonly nodeName: string;
}

export interface NodeReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Answers GET of one path. What it throws becomes a status: NotFoundError 404, BadInputError 400, UnavailableError 503. */
export type NodeEndpoint = (query: URLSearchParams, signal: AbortSignal) => Promise<NodeReply>;

export interface EndpointEntry {
  /** Such as `/host/facts`. It is behind the token like all paths but `/-/healthy`. */
  readonly path: string;
  /** Loads its module at the first request. */
  readonly load: () => Promise<(context: EndpointContext) => NodeEndpoint>;
}

/** Paths of `skopos node` beside its metrics. To add one, name it here. */
export const endpointTable: readonly EndpointEntry[] = [
  { path: factsPath, load: async () => (await import('./host-facts.ts')).hostFacts },
];

import { factsEndpoint } from '../../host/channel/facts-endpoint.ts';
import type { EndpointContext, NodeEndpoint } from './endpoint-table.ts';

/** `GET /host/facts`: what host controls judge of this machine. */
export function hostFacts({ roots, clock, nodeName }: EndpointContext): NodeEndpoint {
  const answer = factsEndpoint({
    ...{ node: nodeName, clock },
    ...{ root: roots.rootfs, proc: roots.procfs, sys: roots.sysfs },
  });
  return async (query) => ({
    status: 200,
    type: 'application/json; charset=utf-8',
    body: `${JSON.stringify(await answer(query))}\n`,
  });
}

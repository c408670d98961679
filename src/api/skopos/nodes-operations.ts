import { nodeDetailSchema, nodeStates, nodesSchema } from './nodes-contract.ts';
import type { Operation } from './operation.ts';
import { base } from './parameters.ts';

/** The routes of nodes, for the OpenAPI document. */
export const nodeOperations: readonly Operation[] = [
  {
    method: 'get',
    path: `${base}/nodes`,
    summary: 'Nodes that tell their facts, those that do not first',
    query: {
      state: `Comma list of ${nodeStates.join(', ')}.`,
      q: 'Part of the name, or of why it does not answer.',
      offset: 'How many to pass over.',
      limit: 'At most so many, up to 1000; 100 when left out.',
    },
    answer: nodesSchema,
  },
  {
    method: 'get',
    path: `${base}/nodes/{name}`,
    summary: 'One node: its facts, what could not be read, and what controls say of it',
    answer: nodeDetailSchema,
  },
];

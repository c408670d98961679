import { createHash } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import type { HostFact } from '../../model/host.ts';
import { scanHost } from '../scan-host.ts';

export interface FactsEndpointOptions {
  readonly node: string;
  readonly root: string;
  readonly proc: string;
  readonly sys: string;
  readonly clock: Clock;
}

/** What is sent. */
export interface FactsMessage {
  readonly version: 1;
  readonly node: string;
  readonly digest: string;
  /** Left out when they are those that whoever asks has. */
  readonly facts?: readonly HostFact[];
}

/** Asking more often than this is answered by what was read then: the host is not to suffer from being asked. */
const freshForMs = 5_000;

/**
 * Answers with the facts of this host: `?known=<digest>` gets them only when they are other than that. They are read when somebody asks;
 * nothing is read otherwise.
 */
export function factsEndpoint({
  node,
  clock,
  ...place
}: FactsEndpointOptions): (query: URLSearchParams) => Promise<FactsMessage> {
  let last: { readonly atMs: number; readonly facts: Promise<readonly HostFact[]> } | undefined;

  function fresh(): Promise<readonly HostFact[]> {
    const nowMs = clock.now();
    if (last === undefined || Math.abs(nowMs - last.atMs) >= freshForMs) {
      const facts = scanHost({ ...place, clock });
      last = { atMs: nowMs, facts };
      // A failure is for those who wait for it, not for those who ask next.
      facts.catch(() => {
        last = undefined;
      });
    }
    return last.facts;
  }

  return async (query) => {
    const facts = await fresh();
    const digest = digestOf(facts);
    const isKnown = query.get('known') === digest;
    return { version: 1, node, digest, ...(isKnown ? {} : { facts }) };
  };
}

/** By which both sides tell whether facts are as they were. */
function digestOf(facts: readonly HostFact[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url');
}

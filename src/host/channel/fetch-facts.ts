import type { StreamingHttpClient } from '../../http/client.ts';
import { AppError, BadInputError } from '../../kit/app-error.ts';
import { mostMessageBytes, type NodeAnswer, parseFacts } from './fact-message.ts';
import { factsPath } from './facts-path.ts';

/** A node that is to be asked. */
export interface NodeTarget {
  readonly node: string;
  /** Such as `https://10.0.0.7:9100`. */
  readonly url: string;
}

/** The node did not answer, or not with facts. */
export class HostFactsError extends AppError {
  readonly code = 'HOST_FACTS';
}

/**
 * Asks a node for its facts.
 *
 * @param known the digest of those that are here already, '' for none.
 * @throws {HostFactsError} saying what went wrong and what to do.
 */
export async function fetchFacts(
  client: Pick<StreamingHttpClient, 'open'>,
  { node, url }: NodeTarget,
  known: string,
  signal: AbortSignal,
): Promise<NodeAnswer> {
  const wanted = new URL(`${url.replace(/\/+$/, '')}${factsPath}`);
  if (known !== '') wanted.searchParams.set('known', known);
  const { status, body } = await client.open({ url: wanted.href }, signal).catch((error: unknown) => {
    throw new HostFactsError(`it does not answer: ${(error as Error).message}`, { cause: error });
  });
  if (status !== 200) {
    body.destroy();
    throw new HostFactsError(refusal(status));
  }
  try {
    return parseFacts(await textOf(body), node);
  } catch (error) {
    if (error instanceof BadInputError) throw new HostFactsError(error.message, { cause: error });
    throw new HostFactsError(`its answer broke off: ${(error as Error).message}`, { cause: error });
  }
}

function refusal(status: number): string {
  if (status === 401 || status === 403)
    return `it refuses us (${status}): give host.http_config the token that it was started with (--token-file)`;
  if (status === 404)
    return `there are no facts at its address (404): is it \`skopos node\` of this version?`;
  if (status === 503) return 'it cannot read its host (503): its log says why';
  return `it answers with status ${status}`;
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > mostMessageBytes)
      throw new BadInputError('', `its answer has more than ${mostMessageBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

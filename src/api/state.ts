import { createGzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply } from '../http/server.ts';
import { parameters } from '../http/server.ts';
import { textStream } from '../http/text-stream.ts';
import { NotFoundError } from '../kit/app-error.ts';
import { expositionType } from '../telemetry/exposition.ts';

export interface StateChoice {
  /** Names of resources; all when left out. */
  readonly resources?: readonly string[];
  readonly excluded?: readonly string[];
  readonly openMetrics: boolean;
}

/** The series of the cluster's objects as text, in pieces. */
export type StateText = (choice: StateChoice) => Iterable<string>;

const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** `/metrics/state`, as kube-state-metrics serves it. @param text undefined where the role is not on */
export function stateRoutes(app: FastifyInstance, text: StateText | undefined): void {
  app.get('/metrics/state', (request, reply) => {
    if (text === undefined)
      throw new NotFoundError(
        'objects are not rendered as metrics: add `state: {}` to skopos.yaml, and watch a cluster',
      );
    const asked = parameters(request);
    const resources = namesOf(asked, 'resources');
    const openMetrics = prefersOpenMetrics(request.headers.accept ?? '');
    const pieces = text({
      ...(resources.length === 0 ? {} : { resources }),
      excluded: namesOf(asked, 'exclude_resources'),
      openMetrics,
    });
    reply.type(openMetrics ? openMetricsType : expositionType).header('vary', 'accept, accept-encoding');
    return send(
      reply,
      pieces,
      /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(String(request.headers['accept-encoding'])),
    );
  });
}

function send(reply: FastifyReply, pieces: Iterable<string>, gzip: boolean): FastifyReply {
  const source = textStream(pieces);
  if (!gzip) return reply.send(source);
  // The text is full of repetition: the quickest level makes it a twentieth, a higher one little less.
  const packed = createGzip({ level: 1, chunkSize: 64 * 1024 });
  source.once('error', (error) => packed.destroy(error));
  packed.once('close', () => source.destroy());
  return reply.header('content-encoding', 'gzip').send(source.pipe(packed));
}

/** Names of one parameter, which may be there several times and hold several, parted by commas. */
function namesOf(asked: URLSearchParams, name: string): readonly string[] {
  return asked
    .getAll(name)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** Whether the form of OpenMetrics is accepted no less than any other text. */
function prefersOpenMetrics(accept: string): boolean {
  const weights = accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    const weight = parameters.find((one) => one.startsWith('q='))?.slice(2);
    return { type, weight: weight === undefined ? 1 : Number(weight) };
  });
  const best = (type: string): number =>
    Math.max(0, ...weights.filter((one) => one.type === type).map(({ weight }) => weight));
  const open = best('application/openmetrics-text');
  return open > 0 && open >= best('text/plain');
}

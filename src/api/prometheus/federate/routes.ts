import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from '../../../http/server.ts';
import { parameters } from '../../../http/server.ts';
import { messageOf } from '../../../kit/app-error.ts';
import { matcherLists } from '../parameters.ts';
import { type FederationSource, federated } from './federated.ts';
import { federatedProtobuf } from './federated-protobuf.ts';
import { federatedText } from './federated-text.ts';

const protobufType =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/**
 * `GET /federate?match[]=…`: the newest samples of series, for another Prometheus to scrape. As protobuf for those who ask for it,
 * which carries native histograms, too.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/federation/
 */
export function federateRoutes(app: FastifyInstance, source: FederationSource): void {
  app.get('/federate', async (request, reply) => {
    let lists: ReturnType<typeof matcherLists>;
    try {
      lists = matcherLists(parameters(request));
    } catch (error) {
      return reply
        .code(400)
        .type('text/plain; charset=utf-8')
        .send(`${messageOf(error)}\n`);
    }
    const samples = await federated(source, lists);
    const accept = request.headers.accept ?? '';
    if (wantsProtobuf(accept)) return stream(reply, protobufType, federatedProtobuf(samples));
    const isQuoted = /escaping\s*=\s*allow-utf-8/i.test(accept);
    const type = isQuoted
      ? 'text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8'
      : 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
    return stream(reply, type, federatedText(samples, isQuoted ? 'quoted' : 'underscores'));
  });
}

function stream(reply: FastifyReply, type: string, pieces: Generator<Buffer | string>): FastifyReply {
  return reply.type(type).send(Readable.from(pieces, { objectMode: false }));
}

/** Whether protobuf is what the client likes best of what we have. */
function wantsProtobuf(accept: string): boolean {
  let best = 0;
  let isProtobuf = false;
  for (const part of accept.split(',')) {
    const [media = '', ...parts] = part.split(';').map((text) => text.trim().toLowerCase());
    const isIt =
      media === 'application/vnd.google.protobuf' &&
      parts.includes('proto=io.prometheus.client.metricfamily') &&
      parts.includes('encoding=delimited');
    if (!isIt && media !== 'text/plain' && media !== '*/*') continue;
    const quality = Number(parts.find((text) => text.startsWith('q='))?.slice(2) ?? 1);
    if (!(quality > best)) continue;
    best = quality;
    isProtobuf = isIt;
  }
  return isProtobuf;
}

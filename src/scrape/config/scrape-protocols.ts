import { z } from 'zod';
import { text } from '../../kit/yaml-fields.ts';

export const scrapeProtocols = [
  'PrometheusProto',
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
] as const;

/** A format that a target may answer in. */
export type ScrapeProtocol = (typeof scrapeProtocols)[number];

/** What is asked for where nothing is said: all but protobuf, which costs more to read and has only native histograms more. */
export const defaultProtocols: readonly ScrapeProtocol[] = scrapeProtocols.slice(1);

function isProtocol(value: string): value is ScrapeProtocol {
  return (scrapeProtocols as readonly string[]).includes(value);
}

/** Formats in order of preference; undefined when nothing is said. */
export const protocolsSchema = z
  .array(text)
  .nullish()
  .transform((written, context): readonly ScrapeProtocol[] | undefined => {
    if (written === null || written === undefined) return undefined;
    for (const [index, name] of written.entries()) {
      const problem = isProtocol(name)
        ? written.indexOf(name) < index && `duplicated protocol in scrape_protocols: ${name}`
        : `unknown scrape protocol ${name}; there are ${scrapeProtocols.join(', ')}`;
      if (problem === false) continue;
      context.addIssue({ code: 'custom', message: problem, path: [index] });
      return z.NEVER;
    }
    return written.filter(isProtocol);
  });

export const fallbackProtocolSchema = text
  .nullish()
  .transform((written, context): ScrapeProtocol | undefined => {
    if (written === null || written === undefined || written === '') return undefined;
    if (isProtocol(written)) return written;
    context.addIssue({
      code: 'custom',
      message: `invalid fallback_scrape_protocol "${written}"; there are ${scrapeProtocols.join(', ')}`,
    });
    return z.NEVER;
  });

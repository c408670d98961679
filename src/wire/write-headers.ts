/** The messages of remote write, by their names. */
export const writeMessages = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'] as const;

export type WriteMessage = (typeof writeMessages)[number];

/** Of requests; the version stands in a header of its own, too. */
export const contentTypes: Readonly<Record<WriteMessage, string>> = {
  'prometheus.WriteRequest': 'application/x-protobuf',
  'io.prometheus.write.v2.Request': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
};

export const versions: Readonly<Record<WriteMessage, string>> = {
  'prometheus.WriteRequest': '0.1.0',
  'io.prometheus.write.v2.Request': '2.0.0',
};

/** What was written, in the answers of version 2. */
export interface WrittenCounts {
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
}

/** Source: https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/#required-written-response-headers */
export const writtenHeaders: Readonly<Record<keyof WrittenCounts, string>> = {
  samples: 'x-prometheus-remote-write-samples-written',
  histograms: 'x-prometheus-remote-write-histograms-written',
  exemplars: 'x-prometheus-remote-write-exemplars-written',
};

/** The message that a content type stands for; undefined for one of something else. One that is missing stands for version 1. */
export function messageOfType(contentType: string): WriteMessage | undefined {
  const [media = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  if (media === '') return 'prometheus.WriteRequest';
  if (media.toLowerCase() !== 'application/x-protobuf') return undefined;
  const proto = parameters.map((part) => part.split('=')).find(([name]) => name === 'proto');
  if (proto === undefined) return 'prometheus.WriteRequest';
  return writeMessages.find((message) => message === proto[1]);
}

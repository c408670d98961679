import { LineReader } from './line-reader.ts';
import type { FamilyExemplar, FamilySample, LabelPairs } from './metric-family.ts';

const mostExemplarCharacters = 128;

/**
 * One line with a value: `a_bucket{le="1"} 3 1.5 # {trace="x"} 0.5 1.4`.
 *
 * @throws {ExpositionError}
 */
export function parseSample(text: string, line: number): FamilySample {
  const reader = new LineReader(text, line);
  const name = reader.metricName();
  const labels = reader.take('{') ? reader.labels() : [];
  reader.expect(' ', 'the value');
  const value = reader.number('the value');
  let timestampMs: number | undefined;
  let exemplar: FamilyExemplar | undefined;
  if (reader.take(' # ')) exemplar = parseExemplar(reader);
  else if (reader.take(' ')) {
    timestampMs = reader.timestampMs('the timestamp');
    if (reader.take(' # ')) exemplar = parseExemplar(reader);
  }
  reader.end();
  return { name, labels, value, timestampMs, exemplar, line };
}

/** After its ` # `. */
function parseExemplar(reader: LineReader): FamilyExemplar {
  reader.expect('{', 'the labels of the exemplar');
  const labels = reader.labels();
  const length = characters(labels);
  if (length > mostExemplarCharacters) {
    throw reader.error(
      `the labels of the exemplar have ${length} characters, more than ${mostExemplarCharacters}`,
    );
  }
  reader.expect(' ', 'the value of the exemplar');
  const value = reader.number('the value of the exemplar');
  const timestampMs = reader.take(' ') ? reader.timestampMs('the timestamp of the exemplar') : undefined;
  return { labels, value, timestampMs };
}

/** Code points of names and values together. */
function characters(labels: LabelPairs): number {
  return labels.reduce((sum, [name, value]) => sum + [...name].length + [...value].length, 0);
}

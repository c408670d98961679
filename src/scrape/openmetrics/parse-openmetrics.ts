import { ExpositionError } from './exposition-error.ts';
import { FamilyBuilder } from './family-builder.ts';
import { unescapedHelp } from './line-reader.ts';
import {
  type FamilySample,
  isMetricType,
  type MetricFamily,
  type MetricType,
  sampleSuffixes,
} from './metric-family.ts';
import { parseSample } from './parse-sample.ts';

/**
 * Reads a whole exposition of `application/openmetrics-text; version=1.0.0`, strictly: every rule of the format holds, or
 * it is refused. Scrapes read more leniently.
 *
 * Source: https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 *
 * @param body the text, or its bytes as received.
 * @throws {ExpositionError} with the line and what is wrong there.
 */
export function parseOpenMetrics(body: string | Uint8Array): MetricFamily[] {
  const families = new Families();
  const lines = (typeof body === 'string' ? body : decoded(body)).split('\n');
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    if (text === '# EOF') {
      const rest = lines.slice(index + 1);
      if (rest.length > 1 || (rest[0] ?? '') !== '')
        throw new ExpositionError(line + 1, 'there is text after "# EOF"');
      return families.finish();
    }
    if (text.startsWith('#')) readMetadata(families, text, line);
    else if (text === '')
      throw new ExpositionError(line, endsEarly(lines, index) ? missingEnd : 'an empty line is not allowed');
    else families.add(parseSample(text, line));
  }
  throw new ExpositionError(lines.length, missingEnd);
}

const missingEnd = 'the exposition does not end with "# EOF"';

function endsEarly(lines: readonly string[], index: number): boolean {
  return index === lines.length - 1;
}

/** `# TYPE a counter`, `# UNIT a_seconds seconds`, `# HELP a text`. */
function readMetadata(families: Families, text: string, line: number): void {
  const [, keyword, name, rest] = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(text) ?? [];
  if (keyword === undefined || name === undefined || rest === undefined) {
    throw new ExpositionError(
      line,
      'expected "# TYPE name type", "# UNIT name unit", "# HELP name text" or "# EOF", with single spaces',
    );
  }
  const builder = families.of(name, line);
  if (keyword === 'HELP') builder.setHelp(unescapedHelp(rest), line);
  else if (keyword === 'UNIT') builder.setUnit(rest, line);
  else builder.setType(typeOf(rest, line), line);
}

function typeOf(text: string, line: number): MetricType {
  if (isMetricType(text)) return text;
  const known = Object.keys(sampleSuffixes).join(', ');
  throw new ExpositionError(line, `there is no type "${text}"; there are ${known}`);
}

/** Families one after the other; none may come back once another has begun. */
class Families {
  readonly #done: MetricFamily[] = [];
  /** Names that the families so far take up, with the family of each. */
  readonly #taken = new Map<string, string>();
  #current: FamilyBuilder | undefined;

  /** The family that a metadata line speaks of. */
  of(name: string, line: number): FamilyBuilder {
    if (this.#current?.name === name) return this.#current;
    return this.#begin(name, line);
  }

  add(sample: FamilySample): void {
    const current = this.#current;
    if (current?.takes(sample.name) === true) current.add(sample);
    else if (current?.name !== sample.name) this.#begin(sample.name, sample.line).add(sample);
    else throw new ExpositionError(sample.line, current.refusal(sample.name));
  }

  finish(): MetricFamily[] {
    this.#end();
    return this.#done;
  }

  #begin(name: string, line: number): FamilyBuilder {
    this.#end();
    const owner = this.#taken.get(name);
    if (owner !== undefined) throw new ExpositionError(line, clash(name, owner));
    this.#current = new FamilyBuilder(name, line);
    return this.#current;
  }

  #end(): void {
    if (this.#current === undefined) return;
    const family = this.#current.finish();
    for (const name of new Set([
      family.name,
      ...sampleSuffixes[family.type].map((suffix) => family.name + suffix),
    ])) {
      const owner = this.#taken.get(name);
      if (owner !== undefined) throw new ExpositionError(family.line, clash(name, owner));
      this.#taken.set(name, family.name);
    }
    this.#done.push(family);
    this.#current = undefined;
  }
}

function clash(name: string, owner: string): string {
  return name === owner
    ? `the family ${name} was there before: all its lines must stand together`
    : `the name ${name} belongs to the family ${owner}, whose lines must stand together`;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ExpositionError(1, 'the exposition is not valid UTF-8');
  }
}

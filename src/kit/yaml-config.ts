import { LineCounter, parseDocument, type ScalarTag } from 'yaml';
import type { z } from 'zod';
import { BadInputError } from './app-error.ts';
import { didYouMean } from './nearest.ts';

/** A configuration file that cannot be accepted: says in which file, at which line and field, what is wrong. */
export class ConfigFileError extends BadInputError {
  readonly file: string;
  /** From 1; 0 when unknown. */
  readonly line: number;

  constructor(file: string, line: number, path: string, problem: string, options?: { cause?: unknown }) {
    super('', `${file}${line > 0 ? `:${line}` : ''}: ${path === '' ? '' : `${path}: `}${problem}`, options);
    this.file = file;
    this.line = line;
  }
}

/**
 * Reads a YAML configuration file against a strict schema. The first mistake in the file is reported; an unknown key with the
 * nearest known one.
 *
 * @param file its name, for messages
 * @throws {ConfigFileError}
 */
export function readYamlConfig<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): z.output<Schema> {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, merge: true, customTags: [binaryTag] });
  const syntax = doc.errors[0];
  if (syntax !== undefined) {
    const problem = syntax.message.split(' at line ')[0]?.split('\n')[0] ?? syntax.message;
    throw new ConfigFileError(file, syntax.linePos?.[0].line ?? 0, '', problem, { cause: syntax });
  }
  const result = schema.safeParse(doc.toJS() ?? {});
  if (result.success) return result.data;

  const found = result.error.issues
    .map((issue) => ({ issue, path: faultPath(issue) }))
    .map(({ issue, path }) => ({ issue, path, line: lineOf(path) }))
    .sort((a, b) => a.line - b.line)[0];
  if (found === undefined) throw new ConfigFileError(file, 0, '', 'invalid', { cause: result.error });
  const { issue, path, line } = found;
  throw new ConfigFileError(file, line, formatPath(path), problemOf(issue, schema), { cause: result.error });

  function lineOf(at: readonly PropertyKey[]): number {
    for (let depth = at.length; depth >= 0; depth--) {
      const range = rangeOf(at.slice(0, depth));
      if (range !== undefined) return lines.linePos(range).line;
    }
    return 0;
  }

  /** Offset of the key for a map's entry, of the value otherwise. */
  function rangeOf(at: readonly PropertyKey[]): number | undefined {
    const parent = at.length === 0 ? undefined : (doc.getIn(at.slice(0, -1), true) as Node | undefined);
    const key = parent?.items?.find((item) => item?.key?.value === at.at(-1))?.key;
    const node = key ?? (doc.getIn(at, true) as Node | undefined);
    return node?.range?.[0];
  }
}

/** `!!binary`: base64 of a text in UTF-8. */
const binaryTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  resolve(written, onError) {
    const base64 = written.replace(/\s/g, '');
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
      onError('the !!binary value contains invalid base64 data');
      return '';
    }
    try {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      onError('the !!binary value is no text: it is not valid UTF-8');
      return '';
    }
  },
};

interface Node {
  readonly range?: readonly [number, number, number];
  readonly value?: unknown;
  readonly items?: readonly { readonly key?: Node }[];
}

type Issue = z.core.$ZodIssue;

function faultPath(issue: Issue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
}

function problemOf(issue: Issue, schema: z.ZodType): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const key = issue.keys[0] ?? '';
  return `unknown key "${key}"${didYouMean(key, keysAt(schema, issue.path))}`;
}

/** `route.routes[0].receiver`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}

/** The keys that the schema knows at a path; wrappers (optional, default, …) are looked through. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const part of [...path, undefined]) {
    const def = unwrap(at);
    if (part === undefined) return Object.keys(def?.shape ?? {});
    at = def?.shape?.[String(part)] ?? def?.element ?? def?.valueType;
  }
  return [];
}

interface Def {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly innerType?: unknown;
  readonly in?: unknown;
}

function unwrap(schema: unknown): Def | undefined {
  let def = (schema as { def?: Def } | undefined)?.def;
  while (def !== undefined && (def.innerType ?? def.in) !== undefined) {
    def = ((def.innerType ?? def.in) as { def?: Def }).def;
  }
  return def;
}

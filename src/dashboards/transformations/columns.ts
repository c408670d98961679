import { safeRegex } from '../../kit/regex.ts';
import { type Field, nameOf } from '../frames.ts';
import { isRecord, listOf, numberOf, recordOf, textOf, textsOf } from '../json-view.ts';
import type { Transform } from './transformation.ts';

/** Leaves columns out, gives them another order and other names. */
export const organize: Transform = (frames, options) => {
  const excluded = recordOf(options['excludeByName']);
  const included = recordOf(options['includeByName']);
  const order = recordOf(options['indexByName']);
  const renamed = recordOf(options['renameByName']);
  const isKept = (field: Field) => {
    const name = nameOf(field);
    if (excluded[name] === true || excluded[field.name] === true) return false;
    return Object.keys(included).length === 0 || included[name] === true || included[field.name] === true;
  };
  const indexOf = (field: Field, at: number) =>
    numberOf(order[nameOf(field)]) ?? numberOf(order[field.name]) ?? 1000 + at;
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields
      .map((field, at) => ({ field, index: indexOf(field, at) }))
      .filter(({ field }) => isKept(field))
      .sort((a, b) => a.index - b.index)
      .map(({ field }) => called(field, textOf(renamed[nameOf(field)]) || textOf(renamed[field.name]))),
  }));
};

/** Keeps the columns of a list of names, of a pattern, or of both. */
export const filterFieldsByName: Transform = (frames, options) => {
  const { include, exclude } = options;
  const isIn = (rule: unknown, field: Field): boolean => {
    const { names, pattern } = recordOf(rule);
    const name = nameOf(field);
    return textsOf(names).some((each) => each === name || each === field.name) || fits(textOf(pattern), name);
  };
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.filter(
      (field) =>
        (!isRecord(include) || isIn(include, field)) && (!isRecord(exclude) || !isIn(exclude, field)),
    ),
  }));
};

/** Other names by a pattern; `$1` is its first group. */
export const renameByRegex: Transform = (frames, options) => {
  const regex = textOf(options['regex']);
  if (regex === '') return frames;
  const compiled = safeRegex(unslashed(regex));
  const replacement = textOf(options['renamePattern']);
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) =>
      field.type === 'time' ? field : called(field, compiled.replaceAll(nameOf(field), replacement)),
    ),
  }));
};

/** Labels of a column as columns of their own. */
export const labelsToFields: Transform = (frames, options) => {
  const keep = textsOf(options['keepLabels']);
  const valueLabel = textOf(options['valueLabel']);
  return frames.map((frame) => {
    const length = frame.fields[0]?.values.length ?? 0;
    const labels = new Map<string, string>();
    for (const field of frame.fields)
      for (const [name, value] of Object.entries(field.labels ?? {}))
        if (name !== '__name__' && name !== valueLabel && (keep.length === 0 || keep.includes(name)))
          labels.set(name, value);
    const times = frame.fields.filter(({ type }) => type === 'time');
    const others = frame.fields.filter(({ type }) => type !== 'time');
    return {
      ...frame,
      fields: [
        ...times,
        ...[...labels].map(
          ([name, value]): Field => ({ name, type: 'string', values: new Array(length).fill(value) }),
        ),
        ...others.map(
          ({ labels: own = {}, legend: _, ...field }): Field => ({
            ...field,
            name: own[valueLabel] ?? own['__name__'] ?? field.name,
          }),
        ),
      ],
    };
  });
};

/** A column under another name; '' leaves it. */
export function called(field: Field, name: string): Field {
  if (name === '') return field;
  const { labels: _, legend: __, ...rest } = field;
  return { ...rest, name };
}

export function fits(pattern: string, text: string): boolean {
  return pattern !== '' && safeRegex(unslashed(pattern)).finds(text);
}

/** `/a|b/i` without its slashes. */
export function unslashed(pattern: string): string {
  const match = /^\/(.*)\/([a-z]*)$/s.exec(pattern);
  if (match === null) return pattern;
  return `${match[2]?.includes('i') === true ? '(?i)' : ''}${match[1]}`;
}

/** The column of a name, as it is shown or as it is. */
export function fieldNamed(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((field) => nameOf(field) === name) ?? fields.find((field) => field.name === name);
}

/** Names of a list of records' `field`. */
export function namesIn(list: unknown): string[] {
  return listOf(list).map((each) => textOf(recordOf(each)['field']));
}

import { type Cell, type Field, type Frame, lengthOf, nameOf, withRows } from '../frames.ts';
import { listOf, recordOf, textOf, textsOf } from '../json-view.ts';
import { reducers, reducersOf, reduce as reduceValues } from '../reduce.ts';
import { fieldNamed } from './columns.ts';
import type { Transform } from './transformation.ts';

/** A row for each column of numbers, or one row of them all. */
export const reduce: Transform = (frames, options) => {
  const chosen = reducersOf(listOf(options['reducers']));
  const calcs = chosen.length === 0 ? (['max'] as const) : chosen;
  if (options['mode'] === 'reduceFields') {
    const [calc] = calcs;
    return frames.map((frame) => ({
      ...frame,
      fields: frame.fields
        .filter(({ type }) => type === 'number')
        .map((field) => ({ ...field, values: [reduceValues(field.values, calc ?? 'max') ?? null] })),
    }));
  }
  const numbers = frames.flatMap(({ fields }) => fields.filter(({ type }) => type === 'number'));
  const labels =
    options['labelsToFields'] === true
      ? [...new Set(numbers.flatMap(({ labels: own = {} }) => Object.keys(own)))].filter(
          (name) => name !== '__name__',
        )
      : [];
  const columns: Field[] = [
    ...(labels.length === 0
      ? [{ name: 'Field', type: 'string' as const, values: numbers.map(nameOf) }]
      : labels.map((name) => ({
          name,
          type: 'string' as const,
          values: numbers.map(({ labels: own = {} }) => own[name] ?? ''),
        }))),
    ...calcs.map((calc) => ({
      name: reducers[calc].title,
      type: 'number' as const,
      values: numbers.map(({ values }) => reduceValues(values, calc) ?? null),
    })),
  ];
  return [{ refId: 'reduce', fields: columns }];
};

/** Rows of the same values in some columns as one, the others reduced. */
export const groupBy: Transform = (frames, options) => {
  const settings = recordOf(options['fields']);
  const of = (field: Field) => recordOf(settings[nameOf(field)] ?? settings[field.name]);
  return frames.map((frame): Frame => {
    const keys = frame.fields.filter((field) => of(field)['operation'] === 'groupby');
    if (keys.length === 0) return frame;
    const groups = new Map<string, number[]>();
    for (let row = 0; row < lengthOf(frame); row++) {
      const key = JSON.stringify(keys.map(({ values }) => values[row]));
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    const rows = [...groups.values()];
    return {
      ...frame,
      fields: [
        ...withRows(
          { ...frame, fields: keys },
          rows.map(([row = 0]) => row),
        ).fields,
        ...frame.fields.flatMap((field): Field[] => {
          if (of(field)['operation'] !== 'aggregate') return [];
          return reducersOf(listOf(of(field)['aggregations'])).map((calc) => ({
            name: `${nameOf(field)} (${calc})`,
            type: 'number',
            values: rows.map(
              (group) =>
                reduceValues(
                  group.map((row) => field.values[row] ?? null),
                  calc,
                ) ?? null,
            ),
          }));
        }),
      ],
    };
  });
};

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

/** One more column: two computed, or a row's numbers reduced. */
export const calculateField: Transform = (frames, options) => {
  const { left, operator, right } = recordOf(options['binary']);
  const alias = textOf(options['alias']);
  return frames.map((frame) => {
    const numbers = frame.fields.filter(({ type }) => type === 'number');
    const length = lengthOf(frame);
    let values: Cell[];
    let name: string;
    if (options['mode'] === 'binary') {
      const compute = operators[textOf(operator)];
      if (compute === undefined) return frame;
      const side = (of: unknown) => sideOf(frame, of);
      values = Array.from({ length }, (_, row) => {
        const [a, b] = [side(left)(row), side(right)(row)];
        return a === undefined || b === undefined ? null : compute(a, b);
      });
      name = `${nameText(left)} ${textOf(operator)} ${nameText(right)}`;
    } else {
      const [calc = 'sum' as const] = reducersOf([recordOf(options['reduce'])['reducer']]);
      const include = textsOf(recordOf(options['reduce'])['include']);
      const used = numbers.filter((field) => include.length === 0 || include.includes(nameOf(field)));
      values = Array.from(
        { length },
        (_, row) =>
          reduceValues(
            used.map((field) => field.values[row] ?? null),
            calc,
          ) ?? null,
      );
      name = reducers[calc].title;
    }
    const added: Field = { name: alias === '' ? name : alias, type: 'number', values };
    const kept =
      options['replaceFields'] === true ? frame.fields.filter(({ type }) => type === 'time') : frame.fields;
    return { ...frame, fields: [...kept, added] };
  });
};

/** A column, a number, or what newer files hold: an object that says which of them. */
function sideOf(frame: Frame, of: unknown): (row: number) => number | undefined {
  const text = nameText(of);
  const field = fieldNamed(frame.fields, text);
  if (field !== undefined) {
    return (row) => {
      const cell = field.values[row];
      return typeof cell === 'number' ? cell : undefined;
    };
  }
  const fixed = Number(text);
  return () => (text === '' || Number.isNaN(fixed) ? undefined : fixed);
}

function nameText(of: unknown): string {
  if (typeof of === 'string' || typeof of === 'number') return String(of);
  const { fixed, matcher } = recordOf(of);
  return textOf(fixed) || textOf(recordOf(matcher)['options']);
}

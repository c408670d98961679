import type { Labels } from '../../model/labels.ts';
import type { Fields } from './fields.ts';
import { KeepOnce } from './keep-once.ts';
import { labelText, readLabelText } from './label-names.ts';
import type { SelectedResource } from './select-families.ts';

/** The series of one object, in order of family. The lists are as long as there are series. */
export interface Rendered {
  /** Labels that all of them have, as text. */
  readonly identity: string;
  /** Index of the family in its resource. */
  readonly families: readonly number[];
  /** Labels beside the identity, as text. */
  readonly labels: readonly string[];
  readonly values: readonly number[];
}

/** Texts that are the same for many objects are kept once. */
const texts = new KeepOnce<string>(20_000);
/** Lists of families likewise, by their text. */
const shapes = new KeepOnce<readonly number[]>(2000);

/** What an object becomes. A series that an object has twice is there once. */
export function render(object: Fields, resource: SelectedResource): Rendered {
  const families: number[] = [];
  const labels: string[] = [];
  const values: number[] = [];
  let family = 0;
  let start = 0;
  const emit = (value: number, ...pairs: string[]): void => {
    const plain = labelText(pairs);
    const text = texts.get(plain, plain);
    if (labels.indexOf(text, start) >= 0) return;
    families.push(family);
    labels.push(text);
    values.push(value);
  };
  for (; family < resource.families.length; family++) {
    start = labels.length;
    resource.families[family]?.emit(object, emit, resource.allowed);
  }
  return {
    identity: labelText(resource.identity(object)),
    families: shapes.get(families.join(), families),
    labels,
    values,
  };
}

/** The labels of a series without its name, those of `more` included. */
export function labelsOf(identity: string, labels: string, name: string, more: Labels): Labels {
  const all: Record<string, string> = { __name__: name, ...more };
  readLabelText(identity, all);
  readLabelText(labels, all);
  return all;
}

import type { KubeObject } from '../../model/object.ts';
import { fields, textOf } from './object-labels.ts';

/** Whether an object is chosen by label and field selectors as the API server reads them; '' chooses everything. */
export function selectorTest({
  label,
  field,
}: {
  readonly label: string;
  readonly field: string;
}): (object: KubeObject) => boolean {
  const labels = label.trim() === '' ? [] : label.split(/,(?![^(]*\))/).map(labelTerm);
  const fieldTerms = field
    .split(',')
    .filter((term) => term.trim() !== '')
    .map(fieldTerm);
  return (object) =>
    labels.every((test) => test(object.metadata.labels ?? {})) && fieldTerms.every((test) => test(object));
}

type Labels = Readonly<Record<string, string>>;

function labelTerm(text: string): (labels: Labels) => boolean {
  const set = /^\s*(\S+)\s+(in|notin)\s*\(([^)]*)\)\s*$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) =>
      values.includes(labels[key] ?? '') === (operator === 'in') && (operator === 'notin' || key in labels);
  }
  const compared = /^\s*([^\s=!<>]+)\s*(==|=|!=|>|<)\s*(\S*)\s*$/.exec(text);
  if (compared !== null) {
    const [, key = '', operator, value = ''] = compared;
    if (operator === '!=') return (labels) => labels[key] !== value;
    if (operator === '>') return (labels) => Number(labels[key]) > Number(value);
    if (operator === '<') return (labels) => Number(labels[key]) < Number(value);
    return (labels) => labels[key] === value;
  }
  const name = text.trim();
  return name.startsWith('!') ? (labels) => !(name.slice(1).trim() in labels) : (labels) => name in labels;
}

function fieldTerm(text: string): (object: KubeObject) => boolean {
  const [, path = '', operator, value = ''] = /^\s*([^=!]+?)\s*(==|=|!=)\s*(.*?)\s*$/.exec(text) ?? [];
  const parts = path.split('.');
  return (object) => {
    let now: unknown = object;
    for (const part of parts) now = fields(now)[part];
    return (textOf(now) === value) === (operator !== '!=');
  };
}

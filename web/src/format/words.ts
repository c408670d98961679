import type { ObjectRef } from '../api/types.ts';

const countFormat = new Intl.NumberFormat('en');

/** `10,240`. */
export function count(value: number): string {
  return countFormat.format(value);
}

/** `1 finding`, `12 findings`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** What stands between commas. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

export function percent(value: number): string {
  return `${value.toFixed(value >= 99.95 || value === 0 ? 0 : 1)} %`;
}

/** `Deployment shop/cart`. */
export function objectName(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace === '' ? '' : `${ref.namespace}/`}${ref.name}`;
}

/** `apps/Deployment/shop/cart` as people say it, `Deployment shop/cart`; anything else stays as it is. */
export function subjectName(subject: string): string {
  const [group, kind, namespace, name, ...more] = subject.split('/');
  if (group === undefined || kind === undefined || namespace === undefined || name === undefined)
    return subject;
  if (!/^[A-Z][A-Za-z]+$/.test(kind)) return subject;
  return objectName({ group, kind, namespace, name: [name, ...more].join('/') });
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** A value of unknown shape on one line. */
export function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

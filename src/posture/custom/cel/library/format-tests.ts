import { CelError } from '../fault.ts';
import { parseTimestamp } from './time.ts';
import { url } from './url.ts';

const isUrl = url.find(({ name }) => name === 'isURL');

export function isUri(text: string): boolean {
  return isUrl?.call(text) === true;
}

export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && isDateTime(`${text}T00:00:00Z`);
}

export function isDateTime(text: string): boolean {
  return !(parseTimestamp(text) instanceof CelError);
}

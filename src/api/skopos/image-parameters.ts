import { type ImageSeverity, imageSeverities } from './images-contract.ts';
import { listParameter, oneOf, wholeParameter } from './parameters.ts';

/** A part of a list. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

const mostRows = 1000;

export function severitiesOf(all: URLSearchParams): readonly ImageSeverity[] {
  return listParameter(all, 'severity').map((severity) => oneOf('severity', severity, imageSeverities));
}

export function flagOf(all: URLSearchParams, name: string): boolean {
  return ['1', 'true'].includes(all.get(name) ?? '');
}

export function textOf(all: URLSearchParams): string {
  return (all.get('q') ?? '').trim();
}

export function pageOf(all: URLSearchParams): Page {
  return {
    offset: wholeParameter(all, 'offset', { fallback: 0 }),
    limit: wholeParameter(all, 'limit', { fallback: 100, most: mostRows }),
  };
}

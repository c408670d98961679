import type { z } from 'zod';
import type { FastifyRequest } from '../../http/server.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { didYouMean } from '../../kit/nearest.ts';

/** Every route of our own API starts with it. */
export const base = '/api/skopos/v1';

/** The values of a parameter that may be given as a comma list, several times, or both; without empty ones. */
export function listParameter(all: URLSearchParams, name: string): readonly string[] {
  return all
    .getAll(name)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** @throws {BadInputError} for a word that is none of `words`. */
export function oneOf<Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new BadInputError(
    name,
    `expected one of ${words.join(', ')}, got "${text}"${didYouMean(text, words)}`,
  );
}

/** One of `words`; undefined when the parameter is not there. @throws {BadInputError} */
export function wordParameter<Word extends string>(
  all: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = all.get(name) ?? '';
  return text === '' ? undefined : oneOf(name, text, words);
}

/** A whole number from 0, at most `most`; `fallback` when the parameter is not there. @throws {BadInputError} */
export function wholeParameter(
  all: URLSearchParams,
  name: string,
  { fallback, most = Number.MAX_SAFE_INTEGER }: { readonly fallback: number; readonly most?: number },
): number {
  const text = all.get(name) ?? '';
  if (text === '') return fallback;
  if (!/^\d{1,15}$/.test(text))
    throw new BadInputError(name, `expected a whole number from 0, got "${text}"`);
  return Math.min(Number(text), most);
}

/** The body, checked. @throws {BadInputError} naming the field. */
export function bodyOf<Schema extends z.ZodType>(schema: Schema, request: FastifyRequest): z.output<Schema> {
  const result = schema.safeParse(request.body ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new BadInputError(issue?.path.join('.') ?? '', issue?.message ?? 'not what is expected', {
    cause: result.error,
  });
}

import { readFile } from 'node:fs/promises';
import { messageOf } from '../kit/app-error.ts';
import type { Secret } from '../kit/secret.ts';
import { NotifyError } from './notifier.ts';

/** A secret that stands in the configuration, or in a file that is read each time it is needed, so that it can be renewed. */
export interface SecretSource {
  readonly value?: Secret | undefined;
  readonly file?: string | undefined;
}

/**
 * The secret's text; a file's is trimmed.
 *
 * @param key the setting, for messages
 * @throws {NotifyError} (retryable) when the file cannot be read or is empty.
 */
export async function revealSecret({ value, file }: SecretSource, key: string): Promise<string> {
  if (value !== undefined) return value.reveal();
  if (file === undefined) return '';
  let found: string;
  try {
    found = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    throw new NotifyError(`cannot read ${key} ${file}: ${why}`, { retryable: true });
  }
  if (found === '') throw new NotifyError(`${key} ${file} is empty`, { retryable: true });
  return found;
}

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { messageOf, UnavailableError } from '../kit/app-error.ts';

/** One thing to print, and the file to print it to; standard output without one. */
export interface WantedFormat<Format extends string> {
  readonly format: Format;
  readonly file?: string;
}

/**
 * A reader of `--format` for commander: `json`, `sarif=out.sarif`, or several with commas between. It throws an
 * InvalidArgumentError for a format that does not exist, or two for standard output.
 */
export function formatGatherer<Format extends string>(formats: readonly Format[]) {
  return (text: string, earlier: readonly WantedFormat<Format>[] = []): readonly WantedFormat<Format>[] => {
    const added = text.split(',').map((part) => readOne(part, formats));
    const all = [...earlier, ...added];
    const printed = all.filter(({ file }) => file === undefined).map(({ format }) => format);
    if (printed.length > 1)
      throw new InvalidArgumentError(
        `${printed.join(' and ')} cannot both go to standard output: name a file, as in ${printed[1]}=FILE.`,
      );
    const files = all.flatMap(({ file }) => file ?? []);
    const twice = files.find((file, i) => files.indexOf(file) !== i);
    if (twice !== undefined) throw new InvalidArgumentError(`two formats would be written to ${twice}.`);
    return all;
  };
}

function readOne<Format extends string>(part: string, formats: readonly Format[]): WantedFormat<Format> {
  const at = part.indexOf('=');
  const name = at < 0 ? part : part.slice(0, at);
  const format = formats.find((one) => one === name);
  if (format === undefined)
    throw new InvalidArgumentError(`Allowed choices are ${formats.join(', ')}, each with =FILE.`);
  const file = at < 0 ? undefined : part.slice(at + 1);
  if (file === '') throw new InvalidArgumentError(`${part} names no file.`);
  return { format, ...(file === undefined ? {} : { file }) };
}

/**
 * Writes to a file, or to standard output when none is named.
 *
 * @throws {UnavailableError} when the file cannot be written.
 */
export async function writeOut(text: string, file: string | undefined, cwd: string): Promise<void> {
  if (file === undefined) {
    const { stdout } = process;
    // A reader that has seen enough (`| head`) is no failure.
    const ignore = (): void => undefined;
    stdout.on('error', ignore);
    const failed = await new Promise<unknown>((done) => void stdout.write(text, done));
    // The error of a write that failed is emitted after this.
    if (failed === undefined || failed === null) stdout.off('error', ignore);
    return;
  }
  try {
    await writeFile(resolve(cwd, file), text);
  } catch (error) {
    throw new UnavailableError(`cannot write ${file}: ${messageOf(error)}`, { cause: error });
  }
}

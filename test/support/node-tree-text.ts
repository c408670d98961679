/** A file of these lines. */
export const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');

/** A folder's files with the folder's path before their names. */
export function within(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, `${text}\n`]));
}

/** Translations, manuals and time zones: half of a distribution's files, in which nothing lies that another cataloger reads. */
const dull = /^\/?usr\/share\/(?:locale|man|info|zoneinfo|i18n|help|icons)\//;

/** The files of a package that can matter for telling who owns what, absolute. Their lists are kept with each layer. */
export function ownedFiles(paths: Iterable<string>): string[] {
  const files: string[] = [];
  for (const path of paths) {
    if (path === '' || dull.test(path)) continue;
    files.push(path.startsWith('/') ? path : `/${path.replace(/^\.\//, '')}`);
  }
  return files;
}

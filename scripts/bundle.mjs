// Bundles the server into dist/: main.js, and in dist/app/ what it loads as it needs it, with the scripts of its threads, and
// the licences of the packages that are in it. A start reads some tens of files then, in place of two thousand.
// Two levels down is where the sources are, too, so that paths relative to a module mean the same.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './ensure.mjs';

/** Machine code, and what others may have installed beside us: found in node_modules when the program runs. */
const notBundled = ['koffi', 'libsql', 'pg-native'];

const [src, dist] = [join(root, 'src'), join(root, 'dist')];
const threads = readdirSync(src, { recursive: true }).filter((file) => file.endsWith('.worker.ts'));
const bundle = await rolldown({
  input: {
    main: join(src, 'main.ts'),
    ...Object.fromEntries(threads.map((file) => [basename(file, '.ts'), join(src, file)])),
  },
  platform: 'node',
  external: notBundled,
  transform: { target: 'node20' },
  onLog(level, log, handle) {
    // Of packages, which take care of it: a `require` that only some systems have, and modules that import each other.
    if (log.code !== 'EVAL' && log.code !== 'CIRCULAR_DEPENDENCY') handle(level, log);
  },
});
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  sourcemap: true,
  comments: { legal: false, annotation: false, jsdoc: false },
  entryFileNames: ({ name }) => (name === 'main' ? 'main.js' : 'app/[name].js'),
  chunkFileNames: 'app/[name]-[hash].js',
});
await bundle.close();
const chunks = output.filter(({ type }) => type === 'chunk');
for (const { fileName } of chunks) {
  const file = join(dist, fileName);
  writeFileSync(file, oneByte(readFileSync(file, 'utf8')));
}
writeFileSync(
  join(dist, 'licenses.txt'),
  licencesOf(packagesOf(chunks.flatMap(({ moduleIds }) => moduleIds))),
);

/**
 * V8 holds a text in which a single character needs it with two bytes for each: 6 MB more for what `skopos up` loads. Outside of
 * raw templates the escape means the same as the character.
 */
function oneByte(code) {
  if (/String\.raw`[^`]*[^\0-\xff]|(?<!\\)(?:\\\\)*\\[^\0-\xff]/.test(code))
    throw new Error('a raw template, or what follows a backslash, is beyond Latin-1: write it as an escape');
  return code.replaceAll(/[^\0-\xff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Folders of the packages that modules are from. */
function packagesOf(ids) {
  const folders = new Set();
  for (const id of ids) {
    const [, folder] = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].sort();
}

/** What their licences ask to be passed on. */
function licencesOf(folders) {
  return folders
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const texts = readdirSync(folder)
        .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return [`${name} ${version}, ${license}`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}

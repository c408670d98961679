// Makes a clone runnable: installs packages and builds what is missing or older than its sources. Needs Node alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`skopos needs Node 20.19 or newer; this is ${process.version}`);
  process.exit(3);
}

/** `npm ci`, when the lock file is not the one that was installed from last. */
export function ensureInstalled() {
  const stamp = join(root, 'node_modules/.skopos-stamp');
  const want = digest([join(root, 'package-lock.json')], readFileSync);
  if (readStamp(stamp) === want) return;
  // npm would empty the folder that the link leads to, which belongs to another clone.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    console.error(
      'node_modules is a link, and not what package-lock.json asks for: remove the link, and start again',
    );
    process.exit(3);
  }
  console.error('installing packages (once) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, want);
}

/** The server into dist/. */
export function ensureServer() {
  ensureInstalled();
  build('server', 'dist', ['src', 'scripts/bundle.mjs', 'tsconfig.json'], () => {
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    run(process.execPath, [join(root, 'scripts/bundle.mjs')]);
  });
}

/** The pages into web/dist/. */
export function ensurePages() {
  ensureInstalled();
  if (!existsSync(join(root, 'web/vite.config.ts'))) return;
  build(
    'pages',
    'web/dist',
    [
      'web/src',
      'web/index.html',
      'web/public',
      'web/vite.config.ts',
      'web/package.json',
      'src/api/skopos',
      'src/dashboards',
    ],
    () => run('npm', ['run', '--silent', 'build', '-w', 'web', '--', '--logLevel', 'warn']),
  );
}

/** Conformance runners and benches, with the sources that they use, into .cache/tools/. Returns that folder. */
export function ensureTools() {
  ensureInstalled();
  build('tools', '.cache/tools', ['src', 'test', 'bench', 'tsconfig.json', 'tsconfig.tools.json'], () =>
    // Without looking at the types, which `npm run typecheck` does and which takes three times as long.
    run(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...['-p', 'tsconfig.tools.json', '--noCheck'],
    ]),
  );
  return join(root, '.cache/tools');
}

function build(what, target, sources, make) {
  const stamp = join(root, '.cache', `${what}.stamp`);
  const want = digest(
    sources.flatMap((source) => filesUnder(join(root, source))),
    (file) => {
      const { mtimeMs, size } = statSync(file);
      return `${mtimeMs} ${size}`;
    },
  );
  if (readStamp(stamp) === want && existsSync(join(root, target))) return;
  console.error(`building the ${what} …`);
  make();
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stamp, want);
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesUnder(join(path, entry.name)));
}

function digest(files, contentOf) {
  const hash = createHash('sha256').update(process.version);
  for (const file of files)
    hash
      .update(`${relative(root, file)} `)
      .update(contentOf(file))
      .update('\n');
  return hash.digest('hex');
}

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Runs a command in the repository; ends this process with its status when it fails. */
export function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    ...options,
  });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
  process.exit(status ?? (signal ? 1 : 3));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  if (process.argv.includes('--build')) {
    ensureServer();
    ensurePages();
  }
}

// Builds programs of a Go module that is written for tests, once: they are kept under .cache/peers, and built again only when what
// they are built from changes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param module its folder, below the repository
 * @param programs by name, what each is built from: a package of the module, or of one that it requires
 * @param files of the module's own beside go.mod and go.sum: when one changes, the programs are built again
 * @param flags of the linker
 */
export function goPrograms({ module, programs, files, flags = [] }) {
  const source = join(root, module);
  const names = Object.keys(programs);
  const folder = join(root, '.cache/peers', markOf(source, files));
  const isThere = () => names.every((name) => existsSync(join(folder, name)));
  return { folder, isThere, build: (what) => isThere() || build({ source, programs, flags, folder }, what) };
}

function markOf(source, files) {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', ...files]) hash.update(readFileSync(join(source, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Whether it worked; why not is on standard error. */
function build({ source, programs, flags, folder }, what) {
  if (spawnSync('go', ['version']).status !== 0) {
    console.error(`There is no Go here (https://go.dev/dl/): ${what} cannot be built.`);
    return false;
  }
  console.error(`building ${what} (once, some minutes) …`);
  const unfinished = `${folder}.new-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const isBuilt = Object.entries(programs).every(
    ([name, from]) =>
      spawnSync(
        'go',
        [
          ...['build', '-trimpath', '-buildvcs=false', `-ldflags=${['-s', '-w', ...flags].join(' ')}`],
          ...['-o', join(unfinished, name), from],
        ],
        {
          cwd: source,
          stdio: ['ignore', 'inherit', 'inherit'],
          env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
        },
      ).status === 0,
  );
  if (!isBuilt) {
    rmSync(unfinished, { recursive: true, force: true });
    console.error('the build failed; see above');
    return false;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  return true;
}

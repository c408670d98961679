// Builds what the suites are measured against and no package of Debian has: a current Kubernetes API server and etcd, with Go.
// Kept under .cache/peers, and built again only when what they are built from changes. Nothing that users run needs them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'test/peers/kubernetes');
const wanted = ['kube-apiserver', 'etcd'];

const modules = readFileSync(join(source, 'go.mod'), 'utf8');
const version = /k8s\.io\/kubernetes (v[\d.]+)/.exec(modules)?.[1] ?? 'v0.0.0';
const mark = createHash('sha256')
  .update(modules)
  .update(readFileSync(join(source, 'go.sum')))
  .update(wanted.map((name) => readFileSync(join(source, name, 'main.go'), 'utf8')).join(''))
  .digest('hex')
  .slice(0, 16);
const folder = join(root, '.cache/peers', mark);

if (wanted.every((name) => existsSync(join(folder, name)))) {
  console.log(folder);
  process.exit(0);
}

const go = spawnSync('go', ['version'], { encoding: 'utf8' });
if (go.status !== 0) {
  console.error('There is no Go here (https://go.dev/dl/): the suite on a real API server cannot run.');
  process.exit(3);
}

console.error(`building the Kubernetes API server ${version} and etcd (once, some minutes) …`);
const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
const names = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor });
const flags = [
  '-s',
  '-w',
  ...names.flatMap(([name, value]) => ['-X', `k8s.io/component-base/version.${name}=${value}`]),
];
const unfinished = `${folder}.new-${process.pid}`;
mkdirSync(unfinished, { recursive: true });
const built = spawnSync(
  'go',
  [
    ...['build', '-trimpath', '-buildvcs=false', `-ldflags=${flags.join(' ')}`, '-o', `${unfinished}/`],
    ...wanted.map((name) => `./${name}`),
  ],
  {
    cwd: source,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
  },
);
if (built.status !== 0) {
  rmSync(unfinished, { recursive: true, force: true });
  console.error('the build failed; see above');
  process.exit(3);
}
rmSync(folder, { recursive: true, force: true });
renameSync(unfinished, folder);
console.log(folder);

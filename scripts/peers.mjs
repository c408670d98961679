// Builds what the suites are measured against and no package of Debian has, with Go: a current Kubernetes API server and etcd, or,
// as `npm run peers -- grype`, Grype. Kept under .cache/peers, and built again only when what they are built from changes. Nothing that
// users run needs them.
import { readFileSync } from 'node:fs';
import { goPrograms } from './peers/go-programs.mjs';

if (process.argv[2] === 'grype') await import('./peers/grype.mjs');
else buildKubernetes();

function buildKubernetes() {
  const modules = readFileSync(new URL('../test/peers/kubernetes/go.mod', import.meta.url), 'utf8');
  const version = /k8s\.io\/kubernetes (v[\d.]+)/.exec(modules)?.[1] ?? 'v0.0.0';
  const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const names = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor });
  const { folder, build } = goPrograms({
    module: 'test/peers/kubernetes',
    programs: { 'kube-apiserver': './kube-apiserver', etcd: './etcd' },
    files: ['kube-apiserver/main.go', 'etcd/main.go'],
    flags: names.flatMap(([name, value]) => ['-X', `k8s.io/component-base/version.${name}=${value}`]),
  });
  if (!build(`the Kubernetes API server ${version} and etcd`)) process.exit(3);
  console.log(folder);
}

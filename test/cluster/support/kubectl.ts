import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** The real `kubectl`, beside helm; undefined where it cannot be had. */
export function kubectlFile(): string | undefined {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'scripts/peers/helm.mjs')], {
    encoding: 'utf8',
  });
  const file = join(stdout.trim(), 'kubectl');
  return status === 0 && existsSync(file) ? file : undefined;
}

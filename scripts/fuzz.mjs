// `npm run fuzz [-- ROUNDS]`: every property test with new random cases each round; says the seed of what fails.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root } from './ensure.mjs';

ensureInstalled();
const rounds = Number(process.argv[2] ?? 10);
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join('src', file))
  .filter((file) => readFileSync(join(root, file), 'utf8').includes("from 'fast-check'"));
let failed = 0;
for (let round = 1; round <= rounds; round++) {
  const seed = String(Math.floor(Math.random() * 2 ** 31));
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', '--reporter=dot', ...files],
    { cwd: root, stdio: 'inherit', env: { ...process.env, PROPERTY_SEED: seed } },
  );
  if (status !== 0) failed++;
  process.stdout.write(
    `round ${round} of ${rounds}, PROPERTY_SEED=${seed}: ${status === 0 ? 'held' : 'FAILED'}\n`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;

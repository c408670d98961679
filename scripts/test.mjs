// `npm test`: installs what is missing, then unit and conformance tests, offline.

import { join } from 'node:path';
import { ensureInstalled, root, run } from './ensure.mjs';

ensureInstalled();
run(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);

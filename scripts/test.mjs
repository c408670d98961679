// `npm test`: installs what is missing, then unit and conformance tests, offline.
import { ensureInstalled, run, root } from './ensure.mjs';
import { join } from 'node:path';

ensureInstalled();
run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', ...process.argv.slice(2)], {
  stdio: 'inherit',
});

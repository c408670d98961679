// `npm run conformance -- <suite> [path]`: prints each failure, and a line `N passed, N failed` at its end.
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureTools } from './ensure.mjs';

const suites = [
  'alertmanager-config',
  'openmetrics',
  'posture',
  'prometheus-config',
  'promql',
  'promtool',
  'versions',
];
const [suite, path] = process.argv.slice(2);
if (!suites.includes(suite ?? '')) {
  console.error(`usage: npm run conformance -- <${suites.join('|')}> [path]`);
  process.exit(2);
}
const from = process.env.INIT_CWD ?? process.cwd();
const full = path === undefined || isAbsolute(path) ? path : join(from, path);
if (full !== undefined && !existsSync(full)) {
  console.error(`${full}: there is no such file or folder`);
  process.exit(2);
}
const runner = join(ensureTools(), 'test/conformance', `${suite}.js`);
const { run } = await import(pathToFileURL(runner).href);
const { passed, failed, skipped } = await run(full);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

// `npm run generate`: writes the list of all posture controls, their pages in docs/controls, what the chart's role is made of, our
// dashboards, and the names of our series. With `--check` it only says whether they are current.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';

const folder = join(import.meta.dirname, '../src/posture/controls');

const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.includes('/') && file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .sort()
  .map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const name = /^export const (\w+) = defineControl\(/m.exec(text)?.[1];
    const id = /^ {2}id: '([^']+)'/m.exec(text)?.[1];
    if (name === undefined || id === undefined) {
      throw new Error(
        `${file}: expected "export const name = defineControl({" and an id on a line of its own`,
      );
    }
    return { file, name, id };
  });

const text = `// Written by scripts/generate.mjs; run \`npm run generate\` after adding or removing a control.
import type { Control } from '../control.ts';
${found.map(({ file, name }) => `import { ${name} } from './${file}';\n`).join('')}
/** Every control there is, by id. */
export const controls: readonly Control[] = [
${found
  .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  .map(({ name }) => `  ${name},\n`)
  .join('')}];
`;

const isCheck = process.argv.includes('--check');

/** Writes a file that has changed, or says that it has. `undefined` is a file that is to go. */
function put(root, file, wanted) {
  const path = join(root, file);
  if ((existsSync(path) ? readFileSync(path, 'utf8') : undefined) === wanted) return;
  if (isCheck) {
    console.error(`${path} is not current: run npm run generate`);
    process.exitCode = 1;
  } else if (wanted === undefined) rmSync(path);
  else writeFileSync(path, wanted);
}

put(folder, 'index.generated.ts', text);

/** Runs the source, not dist/, which may be older. What several of the lists need is read once. */
const source = await createServer({
  root: join(import.meta.dirname, '..'),
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const load = (file) => source.environments.ssr.runner.import(join(source.config.root, file));

const { controls } = await load('src/posture/controls/index.generated.ts');
const { controlPages } = await load('src/cli/explain/control-page.ts');
const docs = join(import.meta.dirname, '../docs/controls');
if (!isCheck) mkdirSync(docs, { recursive: true });
const pages = controlPages(controls);
for (const [file, page] of pages) put(docs, file, page);
const there = existsSync(docs) ? readdirSync(docs) : [];
for (const file of there.filter((name) => !pages.has(name))) put(docs, file, undefined);

const { frameworks } = await load('src/posture/frameworks/index.ts');
const { chartPermissions } = await load('src/cli/export/chart-permissions.ts');
const chart = join(import.meta.dirname, '../charts/skopos/files');
put(chart, 'permissions.yaml', chartPermissions(controls, frameworks));

const { shippedDashboards } = await load('src/dashboards/shipped/index.ts');
for (const folder of ['../dashboards', '../charts/skopos/files/dashboards']) {
  const home = join(import.meta.dirname, folder);
  if (!isCheck) mkdirSync(home, { recursive: true });
  for (const [file, dashboard] of Object.entries(shippedDashboards))
    put(home, file, `${JSON.stringify(dashboard, null, 2)}\n`);
  const kept = existsSync(home) ? readdirSync(home).filter((name) => name.endsWith('.json')) : [];
  for (const file of kept.filter((name) => shippedDashboards[name] === undefined)) put(home, file, undefined);
}

const metricNames = join(import.meta.dirname, '../src/cli/check/metric-names');
const { nodeMetricNames } = await load('test/support/node-metric-names.ts');
put(
  metricNames,
  'told-names.generated.ts',
  `// Written by scripts/generate.mjs from the collectors; run \`npm run generate\` after changing what they tell.
/** What the collectors of \`skopos node\` tell of a machine with one of everything. */
export const toldNames: readonly string[] = [
${nodeMetricNames.map((name) => `  '${name}',\n`).join('')}];
`,
);

const { documentedNames } = await load('src/cli/check/metric-names/documented-names.ts');
const documented = documentedNames(readFileSync(join(import.meta.dirname, '../docs/metrics.md'), 'utf8'));
put(
  metricNames,
  'own-names.generated.ts',
  `// Written by scripts/generate.mjs from docs/metrics.md; run \`npm run generate\` after changing it.
/** Our own series, as docs/metrics.md tells of them. */
export const ownNames: readonly string[] = [
${documented.map((name) => `  '${name}',\n`).join('')}];
`,
);

await source.close();

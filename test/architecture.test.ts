import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { expect, it } from 'vitest';

/**
 * What each room under src/ may import: other rooms, besides itself. A room that is not listed does not exist.
 * `node` stands for Node's own modules: a room without it does no I/O, so that pages can use it and tests need no mocks.
 */
const mayImport: Record<string, readonly string[]> = {
  model: [],
  kit: [],
  log: ['node'],
  telemetry: ['model'],
  store: ['kit', 'node'],
  http: ['kit', 'log', 'node'],
  kube: ['kit', 'model', 'http', 'log', 'node'],
  inventory: ['kit', 'model', 'kube', 'log', 'node'],
  wire: ['kit', 'model'],
  promql: ['kit', 'model'],
  template: ['kit', 'model'],
  posture: ['kit', 'model'],
  findings: ['kit', 'model', 'store', 'posture', 'telemetry'],
  tsdb: ['kit', 'model', 'log', 'node'],
  relabel: ['kit', 'model', 'node'],
  discovery: ['kit', 'model', 'log', 'http', 'kube', 'telemetry', 'relabel', 'node'],
  monitors: ['kit', 'model'],
  scrape: ['kit', 'model', 'log', 'http', 'telemetry', 'discovery', 'relabel', 'node'],
  remote: ['kit', 'model', 'log', 'http', 'promql', 'tsdb', 'relabel', 'wire', 'node'],
  notifier: ['kit', 'model', 'log', 'http', 'discovery', 'relabel'],
  images: ['kit', 'model', 'log', 'http', 'store', 'telemetry', 'node'],
  exporters: ['kit', 'model', 'scrape', 'store', 'wire', 'node'],
  host: ['kit', 'model', 'log', 'http', 'store', 'node'],
  rules: ['kit', 'model', 'log', 'promql', 'template', 'telemetry'],
  admission: ['kit', 'model', 'log', 'kube', 'posture', 'monitors', 'telemetry', 'node'],
  'cluster-state': ['kit', 'model', 'log', 'kube'],
  alerting: ['kit', 'model', 'log', 'http', 'store', 'template', 'telemetry', 'node'],
  drill: ['kit', 'model'],
  dashboards: ['kit', 'model', 'promql'],
  operator: ['kit', 'model', 'log', 'store', 'telemetry', 'kube', 'node'],
  api: ['kit', 'model', 'log', 'http', 'telemetry', 'promql', 'wire', 'node'],
  config: [
    ...['kit', 'log', 'model', 'http', 'alerting', 'exporters', 'rules', 'posture'],
    ...['relabel', 'discovery', 'monitors', 'scrape', 'remote', 'admission', 'images', 'host', 'node'],
  ],
};

/** Wiring and one-shot commands: may import every room. */
const wiring = ['roles', 'cli', 'main.ts'];

const root = join(import.meta.dirname, '../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'),
);

it.each(files)('%s imports only what its room may', (file) => {
  const room = roomOf(file);
  if (wiring.includes(room)) return;
  const found = importsOf(file).filter((to) => to !== room && !mayImport[room]?.includes(to));
  expect(mayImport).toHaveProperty([room]);
  expect(found).toEqual([]);
});

/** Rooms the file imports from, types included; packages from npm are left to biome.json. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/gm,
    ),
  ]
    .map((match) => match[1] ?? match[2] ?? '')
    .flatMap((to) =>
      to.startsWith('node:') ? ['node'] : to.startsWith('.') ? [roomOf(join(dirname(file), to))] : [],
    );
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? '';
}

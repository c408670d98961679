import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

function filesUnder(folder: string, end: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(end))
    .map((file) => join(folder, file));
}

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...['docs', 'bench', 'examples', 'src'].flatMap((folder) => filesUnder(folder, '.md')),
];

it.each(pages)('%s links to nothing that is not there', (page) => {
  const links = [...read(page).matchAll(/(?<!!)\[[^\]]*\]\(([^)#\s]+)/g)].map((match) => match[1] ?? '');
  const local = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(local.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
});

describe('docs/metrics.md', () => {
  const documented = new Set(read('docs/metrics.md').match(/skopos_[a-z_]+[a-z]/g));
  /** A label, not a series. */
  const labels = ['skopos_drill', 'skopos_test'];
  const written = new Set(
    [
      'src/admission',
      'src/findings',
      'src/alerting',
      'src/roles',
      'src/inventory',
      'src/rules',
      'src/tsdb',
      'src/scrape',
      'src/remote',
    ]
      .flatMap((folder) => filesUnder(folder, '.ts'))
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) => [...read(file).matchAll(/['"](skopos_[a-z_]+)['"]/g)].map((match) => match[1] ?? ''))
      .filter((name) => !labels.includes(name)),
  );
  const inRules = new Set(
    filesUnder('rules', '.yaml')
      .filter((file) => !file.endsWith('.test.yaml'))
      .flatMap((file) => read(file).match(/skopos_[a-z_]+[a-z]/g) ?? [])
      .filter((name) => !labels.includes(name)),
  );

  it('finds series at all', () => {
    expect(written).toContain('skopos_new_finding');
    expect(inRules).toContain('skopos_framework_score');
  });

  it.each([...new Set([...written, ...inRules])])('tells of %s', (name) => {
    expect(documented).toContain(name);
  });

  it('tells of no series that is not written', () => {
    expect([...documented].filter((name) => !written.has(name))).toEqual([]);
  });
});

describe('the shipped alerts', () => {
  const links = filesUnder('rules', '.yaml')
    .filter((file) => !file.endsWith('.test.yaml'))
    .flatMap((file) =>
      [...read(file).matchAll(/guide\/runbooks\/([a-z-]+)/g)].map((match) => match[1] ?? ''),
    );

  it.each([...new Set(links)])('have the runbook %s', (name) => {
    expect(existsSync(join(root, 'docs/runbooks', `${name}.md`))).toBe(true);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { controls } from '../../posture/controls/index.generated.ts';
import { controlPages } from './control-page.ts';

const folder = join(import.meta.dirname, '../../../docs/controls');

it('docs/controls has a current page for every control, and no other', () => {
  const pages = controlPages(controls);
  expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort());
  const stale = [...pages].filter(([file, text]) => readFileSync(join(folder, file), 'utf8') !== text);
  // `npm run generate` writes them.
  expect(stale.map(([file]) => file)).toEqual([]);
});

it('a page shows all of the examples, why and fix', () => {
  const [control] = controls;
  if (control === undefined) throw new Error('no control');
  const text = controlPages([control]).get(`${control.id.toLowerCase()}.md`) ?? '';
  for (const part of [
    control.why,
    control.fix,
    ...control.examples.pass,
    ...control.examples.fail.map(({ yaml }) => yaml),
  ])
    expect(text).toContain(part.trimEnd());
});

// `npm run generate`: writes the list of all posture controls. With `--check` it only says whether the list is current.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../src/posture/controls');
const target = join(folder, 'index.generated.ts');

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

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('src/posture/controls/index.generated.ts is not current: run npm run generate');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}

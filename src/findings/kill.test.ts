import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../store/open.ts';
import { type FindingInput, Findings } from './findings.ts';

const root = join(import.meta.dirname, '../..');
const controls = [{ id: 'C-1', name: 'one', baseScore: 7 }];

/** The changes of batch number `i`: ten of fifty objects turn bad or good. Runs in the child too, so it stands alone. */
function batchOf(i: number): FindingInput[] {
  return Array.from({ length: 10 }, (_, j) => {
    const name = `o${(i * 7 + j * 5) % 50}`;
    const isBad = (i + j) % 3 !== 0;
    const evidence = isBad ? [{ path: 'spec', stablePath: 'spec', message: `by ${i}` }] : [];
    const object = { group: '', kind: 'Pod', namespace: 'shop', name };
    const state = isBad ? ('fail' as const) : ('pass' as const);
    const key = `/Pod/shop/${name}`;
    return {
      verdict: { controlId: 'C-1', object, state, evidence, related: [] },
      before: 'fail' as const,
      key,
      causeKey: key,
    };
  });
}

it('loses nothing acknowledged and keeps no half of a batch when killed amid writing', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-kill-'));
  // Beside the packages, so that the compiled program finds them.
  const program = join(root, 'node_modules/.cache', `skopos-kill-${process.pid}`);
  onTestFinished(() => {
    for (const path of [folder, program]) rmSync(path, { recursive: true, force: true });
  });
  compile(program);
  const path = join(folder, 'skopos.db');
  let next = 0;
  for (const acknowledgements of [3, 40, 111]) {
    const last = await writeAndKill(program, path, next, acknowledgements);
    const db = openDatabase(path);
    const found = stateOf(new Findings({ db, cluster: 'east', controls }));
    db.close();
    // The batch that was being written may have been kept too, but then wholly.
    const isNext = JSON.stringify(found) === JSON.stringify(expectedAfter(last + 1));
    if (!isNext) expect(found).toEqual(expectedAfter(last));
    next = last + (isNext ? 2 : 1);
  }
  expect(next).toBeGreaterThan(150);
});

function compile(out: string): void {
  mkdirSync(out, { recursive: true });
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      outDir: out,
      rootDir: join(root, 'src'),
      typeRoots: [join(root, 'node_modules/@types')],
    },
    files: [join(root, 'src/findings/findings.ts'), join(root, 'src/store/open.ts')],
    include: [],
  };
  writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(out, 'package.json'), '{"type":"module"}');
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', out]);
}

/** Starts a writer and kills it after so many acknowledged batches. @returns the number of the last one acknowledged. */
async function writeAndKill(program: string, path: string, from: number, count: number): Promise<number> {
  const source = `
    import { writeSync } from 'node:fs';
    import { Findings } from ${JSON.stringify(pathToFileURL(join(program, 'findings/findings.js')).href)};
    import { openDatabase } from ${JSON.stringify(pathToFileURL(join(program, 'store/open.js')).href)};
    ${String(batchOf)}
    const findings = new Findings({ db: openDatabase(${JSON.stringify(path)}), cluster: 'east', controls: ${JSON.stringify(controls)} });
    for (let i = ${from}; ; i++) {
      findings.apply(batchOf(i), { cause: 'c' + i, atMs: 1000 + i });
      writeSync(1, i + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  // The last line may have been cut; it was not acknowledged then.
  const last = output.split('\n').slice(0, -1).at(-1);
  return last === undefined ? from - 1 : Number(last);
}

function expectedAfter(last: number): unknown {
  const db = openDatabase(':memory:');
  const findings = new Findings({ db, cluster: 'east', controls });
  for (let i = 0; i <= last; i++) findings.apply(batchOf(i), { cause: `c${i}`, atMs: 1000 + i });
  const state = stateOf(findings);
  db.close();
  return state;
}

function stateOf(findings: Findings): unknown {
  return findings
    .list({ status: 'all', sort: 'object', limit: 1000 })
    .items.map(({ lastSeenMs: _, ...finding }) => finding);
}

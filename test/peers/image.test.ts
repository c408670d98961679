import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../support/skopos-process.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
/** The stage that the image is of. */
const lastStage =
  read('Dockerfile')
    .split(/^FROM /m)
    .at(-1) ?? '';
const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

it('runs as the image does: from the files that its Dockerfile copies, with its command, and writes nothing among them', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-image-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const [app, data] = [join(dir, 'app'), join(dir, 'data')];
  mkdirSync(app);
  for (const [, from = '', to = ''] of lastStage.matchAll(/^COPY --from=build \/src\/(\S+) (\S+)$/gm)) {
    mkdirSync(dirname(join(app, to)), { recursive: true });
    cpSync(join(root, from), join(app, to), { recursive: true });
  }
  cpSync(join(root, 'package.json'), join(app, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(app, 'node_modules'));
  const before = filesIn(join(app, 'dist'));

  const command = /^CMD (.*)$/m.exec(lastStage)?.[1] ?? '[]';
  const args = (JSON.parse(command) as string[]).map((text) =>
    text.replace('/app/', `${app}/`).replace('/var/lib/skopos', data),
  );
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(process.execPath, [join(app, 'dist/main.js'), ...args, '--listen', listen], {
    cwd: app,
    env: { NODE_ENV: 'production' },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await vi.waitFor(async () => expect((await fetch(`http://${listen}/-/ready`)).status).toBe(200), {
    timeout: 60_000,
    interval: 200,
  });
  expect(await (await fetch(`http://${listen}/`)).text()).toContain('<html');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(filesIn(join(app, 'dist'))).toEqual(before);
  expect(readdirSync(app).sort()).toEqual([
    ...['LICENSE', 'dashboards', 'dist', 'docs', 'examples', 'node_modules', 'package.json', 'rules', 'web'],
  ]);
});

it('has every folder that the program reads from its own, and the build gets them', () => {
  const copied = [...lastStage.matchAll(/^COPY --from=build \/src\/(\S+)/gm)].map(([, from = '']) => from);
  const letThrough = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const needed = [...read('src/roles/paths.ts').matchAll(/join\(packageFolder, '([^']+)'\)/g)].map(
    ([, folder = '']) => folder,
  );
  expect(needed).toContain('rules');
  for (const folder of needed) {
    expect(
      copied.some((one) => `${folder}/`.startsWith(`${one}/`)),
      `${folder} in the Dockerfile`,
    ).toBe(true);
    expect(letThrough, `${folder} in .dockerignore`).toContain(folder.split('/')[0]);
  }
});

it('is of a fixed platform only where it is built, runs as nobody, and starts without a shell', () => {
  const stages = read('Dockerfile')
    .split(/^FROM /m)
    .slice(1);
  expect(stages.map((stage) => stage.startsWith('--platform=$BUILDPLATFORM '))).toEqual([true, false, false]);
  // Machine code of libraries is for one major of Node and one C library.
  const majors = stages.map((stage) => /(?:node:|nodejs)(\d+)-(?:bookworm|debian12)/.exec(stage)?.[1]);
  expect(new Set(majors).size).toBe(1);
  expect(lastStage).toMatch(/^USER 65532:65532$/m);
  expect(lastStage).not.toMatch(/^RUN /m);
  expect(lastStage).toMatch(/^ENTRYPOINT \[/m);
});

it('needs no library but those that hold machine code, and brings the licences of those that it holds', () => {
  const dist = join(root, 'dist');
  const named = filesIn(dist)
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => [
      ...readFileSync(join(dist, file), 'utf8').matchAll(
        /^\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'".][^'"]*)['"]|^\s*import\s*['"]([^'".][^'"]*)['"]|\bimport\(['"]([^'".][^'"]*)['"]\)/gm,
      ),
    ])
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .filter((name) => !name.startsWith('node:'))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  // All else is bundled. What `require` names is not seen here, as `libsql`.
  expect([...new Set(named)]).toEqual(['koffi']);
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(['koffi', 'libsql']));
  const licences = readFileSync(join(dist, 'licenses.txt'), 'utf8');
  for (const name of ['fastify', 'undici', 'yaml', 'zod'])
    expect(licences).toMatch(new RegExp(`^${name} ${dependencies[name]}, (MIT|ISC)\n[^-]*copyright`, 'im'));
});

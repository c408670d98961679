import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type TarFile, tar } from '../../../test/support/tar.ts';
import { sha256Of } from '../digest.ts';
import { defaultLimits } from '../limits.ts';
import type { LayerRecord } from './layer-record.ts';
import { readLayer } from './read-layer.ts';
import type { FileReader } from './record-builder.ts';
import { SquashedLayers } from './squash.ts';

/** Keeps the text of every file whose name starts with `keep`. */
const keeper: FileReader = {
  name: 'keep',
  revision: 1,
  wants: ({ path }) => /\/keep[^/]*$/.test(path),
  read: (_file, content) => Buffer.from(content).toString(),
};

async function layer(files: readonly TarFile[]): Promise<LayerRecord> {
  const archive = tar(files);
  async function* blob() {
    yield archive;
  }
  const { record } = await readLayer(blob(), {
    readers: [keeper],
    limits: defaultLimits,
    diffId: sha256Of(archive),
  });
  return record;
}

async function squash(...layers: (readonly TarFile[])[]): Promise<SquashedLayers> {
  return new SquashedLayers(await Promise.all(layers.map(layer)));
}

const shown = (image: SquashedLayers) =>
  Object.fromEntries(image.found('keep').map(({ path, evidence }) => [path, evidence]));

const file = (name: string, content = name): TarFile => ({ name, content });
const folder = (name: string): TarFile => ({ name, type: '5' });
const link = (name: string, linkName: string): TarFile => ({ name, type: '2', linkName });

it('shows the highest of each file', async () => {
  const image = await squash([file('a/keep', 'old'), file('b/keep')], [file('./a/keep', 'new')]);
  expect(shown(image)).toEqual({ '/a/keep': 'new', '/b/keep': 'b/keep' });
});

it('hides what is removed above, with all below it, and shows what comes back', async () => {
  const lower = [file('a/keep1'), file('a/keep2'), file('d/e/keep')];
  expect(shown(await squash(lower, [file('a/.wh.keep1'), file('.wh.d')]))).toEqual({ '/a/keep2': 'a/keep2' });
  expect(shown(await squash(lower, [file('.wh.a')], [file('a/keep1', 'again')]))).toEqual({
    '/a/keep1': 'again',
    '/d/e/keep': 'd/e/keep',
  });
});

it('hides all that an opaque folder has below, and not what comes with it', async () => {
  const image = await squash([file('a/keep1'), file('a/b/keep')], [file('a/keep3'), file('a/.wh..wh..opq')]);
  expect(shown(image)).toEqual({ '/a/keep3': 'a/keep3' });
  expect(image.resolve('/a/keep1')).toBeUndefined();
});

it('does not let a whiteout touch its own layer', async () => {
  expect(shown(await squash([file('a/.wh.keep'), file('a/keep')]))).toEqual({ '/a/keep': 'a/keep' });
});

it('hides what is below a path that became a file or a link', async () => {
  const lower = [file('a/b/keep'), file('c/keep')];
  expect(shown(await squash(lower, [file('a', 'x'), link('c', 'elsewhere')]))).toEqual({});
});

it('merges folders', async () => {
  expect(Object.keys(shown(await squash([file('a/keep1')], [folder('a'), file('a/keep2')])))).toEqual([
    '/a/keep1',
    '/a/keep2',
  ]);
});

it('follows links, also through folders and out of circles', async () => {
  const image = await squash(
    [file('usr/lib/os-release'), link('lib', 'usr/lib'), link('etc/os-release', '../usr/lib/os-release')],
    [
      link('up', '../../../etc'),
      link('abs', '/lib'),
      link('loop', 'loop'),
      link('ping', 'pong'),
      link('pong', 'ping'),
    ],
  );
  expect(image.resolve('/etc/os-release')).toBe('/usr/lib/os-release');
  expect(image.resolve('/up/os-release')).toBe('/usr/lib/os-release');
  expect(image.resolve('/abs/./../lib/os-release')).toBe('/usr/lib/os-release');
  expect(image.resolve('/loop/x')).toBeUndefined();
  expect(image.resolve('/ping')).toBeUndefined();
  expect(image.resolve('/nothing')).toBeUndefined();
  expect(image.layerOf('/usr/lib/os-release')).toMatch(/^sha256:/);
});

it('puts files where a link of a layer below leads', async () => {
  const image = await squash(
    [folder('usr/lib'), link('lib', 'usr/lib'), file('usr/lib/keep1', 'old')],
    [file('lib/keep1', 'new'), file('lib/keep2')],
    [file('lib/.wh.keep2')],
  );
  expect(shown(image)).toEqual({ '/usr/lib/keep1': 'new' });
  expect(image.resolve('/lib/keep1')).toBe('/usr/lib/keep1');
});

it('takes a folder of its own for a folder, where a layer below has a link', async () => {
  const image = await squash(
    [file('usr/lib/keep'), link('lib', 'usr/lib')],
    [folder('lib'), file('lib/keep', 'own')],
  );
  expect(shown(image)).toEqual({ '/usr/lib/keep': 'usr/lib/keep', '/lib/keep': 'own' });
  expect(image.resolve('/lib/keep')).toBe('/lib/keep');
});

it('shows a file by its hard link when its own name is gone', async () => {
  const image = await squash(
    [file('a/keep'), { name: 'b/other', type: '1', linkName: 'a/keep' }],
    [file('a/.wh.keep')],
  );
  expect(shown(image)).toEqual({ '/b/other': 'a/keep' });
});

it('does as a file system on which the layers are unpacked one after the other', async () => {
  const part = fc.constantFrom('a', 'b', 'keep');
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const entry: fc.Arbitrary<TarFile> = fc.oneof(
    { weight: 4, arbitrary: path.map((name) => file(`${name}/keep`)) },
    path.map((name) => folder(name)),
    path.map((name) => ({ name: name.replace(/[^/]+$/, '.wh.$&') })),
    path.map((name) => ({ name: `${name}/.wh..wh..opq` })),
  );
  const layers = fc.array(fc.array(entry, { maxLength: 6 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      layers.filter((all) => all.every(isSane)),
      async (all) => {
        const image = await squash(...all);
        expect(new Set(Object.keys(shown(image)))).toEqual(unpackedNaively(all));
      },
    ),
    { numRuns: 300 },
  );
});

/** A path is one kind of thing in a layer, and nothing is in what is a file. */
function isSane(files: readonly TarFile[]): boolean {
  const plain = files
    .filter(({ name, type }) => type !== '5' && !name.includes('.wh.'))
    .map(({ name }) => name);
  return (
    files.every(({ name }) => !plain.some((other) => name !== other && `${name}/`.startsWith(`${other}/`))) &&
    !files.some(({ name, type }) => type === '5' && plain.includes(name))
  );
}

/** A file system of nothing but names: a path to whether it is a folder. */
class NaiveTree {
  readonly #paths = new Map<string, boolean>();

  drop(test: (path: string) => boolean): void {
    for (const path of this.#paths.keys()) if (test(path)) this.#paths.delete(path);
  }

  removeBy(path: string): void {
    if (path.endsWith('/.wh..wh..opq'))
      this.drop((one) => one.startsWith(path.slice(0, -'.wh..wh..opq'.length)));
    else {
      const gone = path.replace('.wh.', '');
      this.drop((one) => one === gone || one.startsWith(`${gone}/`));
    }
  }

  add(path: string, isFolder: boolean): void {
    const parts = path.split('/');
    for (let i = 2; i < parts.length; i++) this.#paths.set(parts.slice(0, i).join('/'), true);
    if (!isFolder) this.drop((one) => one.startsWith(`${path}/`));
    this.#paths.set(path, isFolder);
  }

  files(): string[] {
    return [...this.#paths].flatMap(([path, isFolder]) => (isFolder ? [] : [path]));
  }
}

function unpackedNaively(layers: readonly (readonly TarFile[])[]): Set<string> {
  const tree = new NaiveTree();
  for (const files of layers) {
    for (const { name } of files) if (name.includes('.wh.')) tree.removeBy(`/${name}`);
    for (const { name, type } of files) if (!name.includes('.wh.')) tree.add(`/${name}`, type === '5');
  }
  return new Set(tree.files().filter((path) => /\/keep[^/]*$/.test(path)));
}

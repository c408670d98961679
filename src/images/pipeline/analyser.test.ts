import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type ImageParts,
  image,
  index,
  type MadeImage,
  writeLayout,
} from '../../../test/support/oci-image.ts';
import { type TarFile, tar } from '../../../test/support/tar.ts';
import { silentLogger } from '../../log/logger.ts';
import type { CatalogedPackage, Cataloger } from '../catalogers/cataloger.ts';
import { type AnalysisSettings, defaultAnalysisSettings } from '../config.ts';
import { Analyser, type AnalysisProgress } from './analyser.ts';

/** A package for each line `name version` of files named `packages`; counts how often it was asked to read. */
function lineCataloger() {
  const read: string[] = [];
  const cataloger: Cataloger<string> = {
    name: 'lines',
    revision: 1,
    wants: ({ path }) => path.endsWith('/packages'),
    read({ path }, content) {
      read.push(path);
      return Buffer.from(content).toString();
    },
    assemble: (files) =>
      files.flatMap(({ path, layer, evidence }) =>
        evidence.split('\n').map((line): CatalogedPackage => {
          const [name = '', version = ''] = line.split(' ');
          return {
            ...{
              type: 'npm',
              name,
              version,
              purl: `pkg:npm/${name}@${version}`,
              cpes: [],
              language: 'javascript',
            },
            ...{
              licenses: [],
              locations: [{ path, layer }],
              upstreams: [],
              details: {},
              foundBy: 'lines',
              files: [],
            },
          };
        }),
      ),
  };
  return { cataloger, read };
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-analyser-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function analyser(options: { dataDir?: string; limits?: Partial<AnalysisSettings['limits']> } = {}) {
  const { cataloger, read } = lineCataloger();
  const settings = defaultAnalysisSettings();
  const made = new Analyser({
    settings: { ...settings, limits: { ...settings.limits, ...options.limits } },
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    log: silentLogger,
    catalogers: [cataloger],
  });
  onTestFinished(() => made.close());
  const analyse = (reference: string, platform?: string) =>
    made.analyse(reference, {
      signal: new AbortController().signal,
      ...(platform === undefined ? {} : { platform }),
    });
  return { made, read, analyse };
}

const packages = (text: string, path = 'app/packages'): TarFile => ({ name: path, content: text });

function layout(images: Readonly<Record<string, MadeImage>>): string {
  const folder = temporary();
  writeLayout(folder, images);
  return folder;
}

const oneLayer = (files: readonly TarFile[], parts: ImageParts = {}) => layout({ a: image([files], parts) });

it('gives the packages of what is to be seen, with their layers', async () => {
  const made = image([
    [packages('old 1'), packages('base 1', 'base/packages')],
    [packages('new 2'), { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' }],
  ]);
  const sbom = await analyser().analyse(`oci:${layout({ '1.0': made })}:1.0`);
  expect(sbom.packages.map(({ name, locations }) => [name, locations])).toEqual([
    ['new', [{ path: '/app/packages', layer: made.diffIds[1] }]],
    ['base', [{ path: '/base/packages', layer: made.diffIds[0] }]],
  ]);
  expect(sbom).toMatchObject({
    digest: made.digest,
    platform: 'linux/amd64',
    layers: made.diffIds,
    builtAtMs: Date.parse('2024-05-06T07:08:09Z'),
    distribution: { id: 'debian', version: '12' },
    partial: [],
  });
});

it('chooses by platform, and says which there are', async () => {
  const of = (architecture: string, variant?: string) =>
    image([[packages(`for-${architecture} 1`)]], {
      platform: { os: 'linux', architecture, ...(variant === undefined ? {} : { variant }) },
    });
  const several = index([
    [of('amd64'), 'linux/amd64'],
    [of('arm64', 'v8'), 'linux/arm64/v8'],
  ]);
  const reference = `oci:${layout({ multi: several })}`;
  const { analyse } = analyser();
  expect((await analyse(reference, 'linux/arm64')).packages[0]?.name).toBe('for-arm64');
  expect((await analyse(reference)).packages[0]?.name).toBe('for-amd64');
  await expect(analyse(reference, 'linux/s390x')).rejects.toThrow('it is for linux/amd64, linux/arm64/v8');
});

describe('layers that are shared', () => {
  it('are read once, also by two images at the same time, and not again after a restart', async () => {
    const base = [packages('base 1', 'base/packages')];
    const folder = layout({ a: image([base, [packages('a 1')]]), b: image([base, [packages('b 1')]]) });
    const dataDir = temporary();
    const first = analyser({ dataDir });
    await Promise.all([first.analyse(`oci:${folder}:a`), first.analyse(`oci:${folder}:b`)]);
    expect(first.read.sort()).toEqual(['/app/packages', '/app/packages', '/base/packages']);
    const second = analyser({ dataDir });
    expect((await second.analyse(`oci:${folder}:b`)).packages.map(({ name }) => name)).toEqual(['b', 'base']);
    expect(second.read).toEqual([]);
  });

  it('are read again when what was kept of them is damaged', async () => {
    const folder = oneLayer([packages('a 1')]);
    const dataDir = temporary();
    await analyser({ dataDir }).analyse(`oci:${folder}`);
    for (const version of readdirSync(join(dataDir, 'layers')))
      for (const file of readdirSync(join(dataDir, 'layers', version)))
        writeFileSync(
          join(dataDir, 'layers', version, file),
          'not what it was, but long enough to be a checksum',
        );
    const again = analyser({ dataDir });
    expect((await again.analyse(`oci:${folder}`)).packages).toHaveLength(1);
    expect(again.read).toEqual(['/app/packages']);
  });

  it('cannot be poisoned by an image that lies about what its layer unpacks to', async () => {
    const honest = image([[packages('vulnerable 1')]]);
    const liar = image([[packages('harmless 1')]], { diffIds: honest.diffIds });
    const dataDir = temporary();
    const { analyse } = analyser({ dataDir });
    const folder = layout({ honest, liar });
    await expect(analyse(`oci:${folder}:liar`)).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    expect((await analyse(`oci:${folder}:honest`)).packages[0]?.name).toBe('vulnerable');
  });
});

it('tells how far it is', async () => {
  const folder = layout({ a: image([[packages('a 1')], [packages('b 1', 'b/packages')]]) });
  const seen: AnalysisProgress[] = [];
  await analyser().made.analyse(`oci:${folder}`, {
    signal: new AbortController().signal,
    onProgress: (progress) => seen.push(progress),
  });
  expect(seen[0]?.phase).toBe('open');
  expect(seen.at(-1)).toMatchObject({ phase: 'packages', layers: 2, layersDone: 2 });
  expect(seen.at(-1)?.bytesDone).toBe(seen.at(-1)?.bytes);
});

it('ends when it is told to', async () => {
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  const folder = oneLayer([packages('a 1')]);
  await expect(analyser().made.analyse(`oci:${folder}`, { signal: stop.signal })).rejects.toThrow('enough');
});

describe('a result is partial, and says why, when', () => {
  const partialOf = async (files: readonly TarFile[], limits = {}, parts: ImageParts = {}) => {
    const { analyse } = analyser({ limits });
    const sbom = await analyse(`oci:${oneLayer(files, parts)}`);
    return {
      names: sbom.packages.map(({ name }) => name),
      reasons: sbom.partial.map(({ reason }) => reason),
    };
  };
  const first = packages('first 1', 'a/packages');
  const last = packages('last 1', 'z/packages');

  it('a layer has too many entries', async () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ name: `f${i}` }));
    expect(await partialOf([first, ...many, last], { entries: 20 })).toEqual({
      names: ['first'],
      reasons: ['the layer was not read to its end: it has more than 20 entries (images.limits.entries)'],
    });
  });

  it('a layer is a bomb', async () => {
    const { names, reasons } = await partialOf(
      [first, { name: 'zeros', content: Buffer.alloc(5_000_000) }, last],
      {
        layer_size: 1_000_000,
      },
    );
    expect(names).toEqual(['first']);
    expect(reasons[0]).toContain('unpacked it has more than 1000000 bytes');
  });

  it('a file is too large', async () => {
    const { names, reasons } = await partialOf([first, packages('x'.repeat(2000), 'big/packages'), last], {
      file_size: 1000,
    });
    expect(names).toEqual(['first', 'last']);
    expect(reasons[0]).toContain('more than 1000 (images.limits.file_size)');
  });

  it('a path leads out of the image, or too deep', async () => {
    const deep = packages('deep 1', `${'d/'.repeat(40)}packages`);
    const { names, reasons } = await partialOf([packages('evil 1', '../../packages'), deep, last], {
      path_depth: 20,
    });
    expect(names).toEqual(['last']);
    expect(reasons).toEqual([
      'it leads out of the image',
      'it is more than 20 folders deep (images.limits.path_depth)',
    ]);
  });

  it('an archive is damaged within', async () => {
    const pack = (archive: Buffer) => archive.fill(0x41, 1030, 1060);
    const made = image([[first, last]], { pack, layerType: 'application/vnd.oci.image.layer.v1.tar' });
    const { analyse } = analyser();
    // What it unpacks to is what the damaged archive is.
    const [layerDigest = ''] = [...made.blobs.keys()].slice(1, 2);
    const honest = image([[first, last]], {
      pack,
      layerType: 'application/vnd.oci.image.layer.v1.tar',
      diffIds: [layerDigest],
    });
    const sbom = await analyse(`oci:${layout({ a: honest })}`);
    expect(sbom.packages.map(({ name }) => name)).toEqual(['first']);
    expect(sbom.partial[0]?.reason).toContain('no entry starts at byte');
  });

  it('the compression is damaged', async () => {
    const { reasons } = await partialOf(
      [first],
      {},
      { pack: () => Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7]) },
    );
    expect(reasons[0]).toContain('the packed archive is damaged');
  });

  it('a layer is of a type that nobody knows', async () => {
    const { names, reasons } = await partialOf([first], {}, { layerType: 'application/x.tar+encrypted' });
    expect(names).toEqual([]);
    expect(reasons[0]).toContain('"application/x.tar+encrypted", which is not known');
  });
});

it('refuses images with parts that are not what their digests say', async () => {
  const made = image([[packages('a 1')]]);
  const folder = layout({ a: made });
  const [, layer = ''] = [...made.blobs.keys()];
  const blob = made.blobs.get(layer) ?? Buffer.alloc(0);
  const changed = Buffer.from(blob);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  const path = join(folder, 'blobs', layer.replace(':', '/'));
  const { analyse } = analyser();
  writeFileSync(path, changed);
  await expect(analyse(`oci:${folder}`)).rejects.toThrow('not what its digest says');
  writeFileSync(path, blob.subarray(0, 20));
  await expect(analyse(`oci:${folder}`)).rejects.toThrow(`ends after 20 of ${blob.length} bytes`);
});

it('finds files that only a hard link gives the name that is wanted', async () => {
  const sbom = await analyser().analyse(
    `oci:${oneLayer([
      { name: 'store/1234', content: 'linked 1' },
      { name: 'app/packages', type: '1', linkName: 'store/1234' },
    ])}`,
  );
  expect(sbom.packages.map(({ name, locations }) => [name, locations[0]?.path])).toEqual([
    ['linked', '/app/packages'],
  ]);
});

it('reads zstd, gzip of several members, and archives that are not packed', async () => {
  const { gzipSync } = await import('node:zlib');
  const { execFileSync } = await import('node:child_process');
  const hasZstd = (() => {
    try {
      execFileSync('zstd', ['--version']);
      return true;
    } catch {
      return false;
    }
  })();
  const packers = [
    (archive: Buffer) => archive,
    (archive: Buffer) => Buffer.concat([gzipSync(archive.subarray(0, 700)), gzipSync(archive.subarray(700))]),
    ...(hasZstd ? [(archive: Buffer) => execFileSync('zstd', ['-c', '--long=27'], { input: archive })] : []),
  ];
  for (const pack of packers) {
    const files = [
      packages('a 1'),
      { name: 'large', content: Buffer.alloc(3_000_000, 'some text ') },
      packages('z 1', 'z/packages'),
    ];
    const sbom = await analyser().analyse(`oci:${oneLayer(files, { pack })}`);
    expect(sbom.packages.map(({ name }) => name)).toEqual(['a', 'z']);
    expect(sbom.partial).toEqual([]);
  }
});

describe('archives and folders', () => {
  it('reads what docker save writes, with its links', async () => {
    const made = image([[packages('a 1')]]);
    const [config = Buffer.alloc(0)] = [...made.blobs.values()];
    const layer = tar([packages('a 1')]);
    const file = join(temporary(), 'saved.tar');
    writeFileSync(
      file,
      tar([
        { name: 'first/layer.tar', content: layer },
        { name: 'second/layer.tar', type: '2', linkName: '../first/layer.tar' },
        { name: 'config.json', content: config },
        {
          name: 'manifest.json',
          content: JSON.stringify([
            { Config: 'config.json', RepoTags: ['shop:1.0'], Layers: ['second/layer.tar'] },
          ]),
        },
      ]),
    );
    const { analyse } = analyser();
    for (const reference of [file, `docker-archive:${file}`, `docker-archive:${file}:shop:1.0`])
      expect((await analyse(reference)).packages.map(({ name }) => name)).toEqual(['a']);
    await expect(analyse(`docker-archive:${file}:other`)).rejects.toThrow('there is shop:1.0');
  });

  it('reads a layout in an archive', async () => {
    const folder = layout({ a: image([[packages('a 1')]]) });
    const file = join(temporary(), 'layout.tar');
    const { execFileSync } = await import('node:child_process');
    execFileSync('tar', ['-C', folder, '-cf', file, '.']);
    expect((await analyser().analyse(`oci-archive:${file}:a`)).packages).toHaveLength(1);
  });

  it('reads a folder as the root of a file system, without leaving it by links', async () => {
    const folder = temporary();
    const outside = temporary();
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/packages'), 'inside 1');
    writeFileSync(join(outside, 'packages'), 'outside 1');
    symlinkSync(outside, join(folder, 'out'));
    const sbom = await analyser().analyse(`dir:${folder}`);
    expect(sbom.packages.map(({ name, locations }) => [name, locations])).toEqual([
      ['inside', [{ path: '/app/packages', layer: '' }]],
    ]);
    expect(sbom.digest).toMatch(/^sha256:/);
  });

  it.each([
    ['dir:/nowhere', '/nowhere is no folder'],
    ['oci-archive:/nowhere.tar', '/nowhere.tar cannot be read: ENOENT'],
    ['/nowhere', '/nowhere is not there'],
    ['oci:', 'names nothing'],
  ])('says of %s what is wrong', async (reference, problem) => {
    await expect(analyser().analyse(reference)).rejects.toThrow(problem);
  });
});

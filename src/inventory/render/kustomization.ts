import { existsSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { UnavailableError } from '../../kit/app-error.ts';
import { type KubeObject, type ObjectRef, refOf } from '../../model/object.ts';
import { parseManifests } from '../folder/parse-manifests.ts';
import { formatProblem } from '../folder/problem.ts';
import { readManifests } from '../folder/read-manifests.ts';
import type { Rendered, RenderedObject } from './rendered.ts';
import { runTool, type ToolOptions } from './run-tool.ts';

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export function isKustomization(folder: string): boolean {
  return names.some((name) => existsSync(join(folder, name)));
}

/** Where kustomize says what an object comes from. */
const originAnnotation = 'config.kubernetes.io/origin';

/**
 * Builds a kustomization with the user's `kustomize` or `kubectl`. It is built from a kustomization of ours around it, that asks
 * for the origin of each object; the folder is only read.
 *
 * @throws {UnavailableError} when there is neither, or it refuses; {ManifestError} when what it makes is no manifest.
 */
export async function renderKustomization(folder: string, options: ToolOptions): Promise<Rendered> {
  const around = await realpath(await mkdtemp(join(tmpdir(), 'skopos-kustomize-')));
  try {
    const target = relative(around, await realpath(folder));
    const ours = { resources: [target], buildMetadata: ['originAnnotations'] };
    await writeFile(join(around, 'kustomization.yaml'), JSON.stringify(ours));
    const text =
      (await runTool('kustomize', ['build', around], options)) ??
      (await runTool('kubectl', ['kustomize', around], options));
    if (text === undefined)
      throw new UnavailableError(
        `${folder} is a kustomization, and neither kustomize nor kubectl is installed (not on PATH): install one, or build elsewhere and give the result: kustomize build ${folder} | skopos scan -`,
      );
    const { objects, problems } = await readManifests({ text, name: `${folder} (built)` });
    const sources = new Sources(folder);
    const placed: RenderedObject[] = [];
    for (const { object } of objects) placed.push(await sources.place(object, around));
    return { objects: placed, warnings: problems.map(formatProblem) };
  } finally {
    await rm(around, { recursive: true, force: true });
  }
}

/** The files that objects come from, each read once. */
class Sources {
  readonly #folder: string;
  readonly #files = new Map<string, readonly { readonly ref: ObjectRef; readonly line: number }[]>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async place(object: KubeObject, around: string): Promise<RenderedObject> {
    const { [originAnnotation]: origin, ...annotations } = object.metadata.annotations ?? {};
    const { annotations: _all, ...metadata } = object.metadata;
    const kept = Object.keys(annotations).length === 0 ? {} : { annotations };
    const bare: KubeObject = { ...object, metadata: { ...metadata, ...kept } };
    // `path` of a file that declares it, `configuredIn` of a generator's kustomization.
    const path = /^(?:path|configuredIn): (.+)$/m.exec(origin ?? '')?.[1]?.trim();
    const file = path === undefined || path.includes('://') ? undefined : resolve(around, path);
    if (file === undefined || !existsSync(file)) {
      const own = names.map((name) => join(this.#folder, name)).find((name) => existsSync(name));
      return { object: bare, origin: { source: 'folder', file: own ?? this.#folder, line: 1 } };
    }
    const declared = nearest(await this.#objectsIn(file), refOf(bare));
    return {
      object: bare,
      origin: { source: 'folder', file, line: declared?.line ?? 1 },
      ...(declared === undefined ? {} : { source: { ref: declared.ref } }),
    };
  }

  async #objectsIn(file: string) {
    const held = this.#files.get(file);
    if (held !== undefined) return held;
    const { objects } = parseManifests(await readFile(file, 'utf8'), file);
    const found = objects.map(({ object, line }) => ({ ref: refOf(object), line }));
    this.#files.set(file, found);
    return found;
  }
}

/** The object of a file that became this one: of its kind, with a name that its own may be made of. */
function nearest<Declared extends { readonly ref: ObjectRef }>(
  declared: readonly Declared[],
  { kind, name }: ObjectRef,
): Declared | undefined {
  const ofKind = declared.filter(({ ref }) => ref.kind === kind);
  const named = ofKind.filter(({ ref }) => name.includes(ref.name));
  return (
    named.sort((a, b) => b.ref.name.length - a.ref.name.length)[0] ??
    (ofKind.length === 1 ? ofKind[0] : undefined)
  );
}

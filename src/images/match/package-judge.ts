import { Recent } from '../../kit/recent.ts';
import type { Package } from '../../model/package.ts';
import { clearedBy } from './by-distribution.ts';
import { gather } from './gather.ts';
import type { Scene } from './hit.ts';
import { type JudgedPackage, judgePackage } from './judge-package.ts';
import { withLikelihood } from './likelihood.ts';
import type { RestsOnChanged } from './rests-on.ts';

/** Packages whose result is kept for the next image: about the packages of two thousand different images. */
const keptPackages = 100_000;

/** What a judge remembers of packages, by all that a judgement of them rests on beside the data. */
export interface JudgeMemory {
  readonly judged: Recent<string, JudgedPackage>;
  /** Names of vulnerabilities, see {@link clearedBy}. */
  readonly cleared: Recent<string, ReadonlySet<string>>;
}

/** What was remembered of the data before, and what of it holds no more. */
export interface FormerMemory extends JudgeMemory {
  readonly isOutdated: RestsOnChanged;
}

/**
 * Judges packages, and remembers: images of one cluster have most packages in common, and none is looked up twice in the same
 * data, nor in the next when that tells the same of its names. One for each scene.
 */
export class PackageJudge {
  readonly scene: Scene;
  readonly memory: JudgeMemory = { judged: new Recent(keptPackages), cleared: new Recent(2000) };
  readonly #former: FormerMemory | undefined;

  constructor(scene: Scene, former?: FormerMemory) {
    this.scene = scene;
    this.#former = former;
  }

  /** In the order of the packages. */
  judge(packages: readonly Package[]): readonly JudgedPackage[] {
    const { judged } = this.memory;
    const keys = packages.map(identityOf);
    const known = keys.map((key) => judged.get(key));
    this.#recall(packages, keys, known);
    const missing = packages.filter((_found, i) => known[i] === undefined);
    const searches = missing.length === 0 ? undefined : gather(missing, this.scene);
    return packages.map((found, i) => {
      if (known[i] !== undefined) return known[i];
      const result = judgePackage(found, this.scene, searches?.get(found) ?? []);
      judged.set(keys[i] ?? '', result);
      return result;
    });
  }

  /** What a distribution's package is told not to have, see {@link clearedBy}. */
  cleared(found: Package): ReadonlySet<string> {
    const key = identityOf(found);
    let names = this.memory.cleared.get(key);
    if (names === undefined) {
      const former = this.#former?.isOutdated(found) === false ? this.#former.cleared.take(key) : undefined;
      names = former ?? clearedBy(found, this.scene);
      this.memory.cleared.set(key, names);
    }
    return names;
  }

  /** Fills in what is known from the data before and holds still, with likelihoods as they are now. */
  #recall(packages: readonly Package[], keys: readonly string[], known: (JudgedPackage | undefined)[]): void {
    const former = this.#former;
    if (former === undefined) return;
    packages.forEach((found, i) => {
      if (known[i] === undefined) known[i] = this.#recalled(found, keys[i] ?? '', former);
    });
  }

  #recalled(found: Package, key: string, former: FormerMemory): JudgedPackage | undefined {
    const { judged } = this.memory;
    const before = former.judged.take(key);
    // The same package may be twice in an image.
    if (before === undefined) return judged.get(key);
    if (former.isOutdated(found)) return undefined;
    const now = this.#asLikelyNow(before);
    judged.set(key, now);
    return now;
  }

  #asLikelyNow(judged: JudgedPackage): JudgedPackage {
    const { data } = this.scene;
    return judged.found.length === 0
      ? judged
      : { ...judged, found: judged.found.map((found) => withLikelihood(found, data)) };
  }
}

/** All of a package that a judgement rests on. */
function identityOf({ type, name, version, purl, cpes, language, upstreams, details }: Package): string {
  let text = `${type}\n${name}\n${version}\n${purl}\n${language}`;
  for (const cpe of cpes) text += `\n${cpe}`;
  for (const upstream of upstreams) text += `\n<${upstream.name} ${upstream.version ?? ''}`;
  for (const detail in details) text += `\n${detail}=${textOf(details[detail as keyof typeof details])}`;
  return text;
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

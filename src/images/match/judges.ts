import { LRUCache } from 'lru-cache';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import type { Scene } from './hit.ts';
import { type JudgeMemory, PackageJudge } from './package-judge.ts';
import { type RestsOnChanged, restsOnChanged } from './rests-on.ts';

/** Judges of one snapshot of the data, and what those of the one before remember. */
interface Judges {
  readonly byScene: LRUCache<string, PackageJudge>;
  readonly former: Map<string, { readonly of: string; readonly memory: JudgeMemory }>;
  readonly isOutdated: (scene: Scene) => RestsOnChanged;
}

const known = new WeakMap<DatabaseSnapshot, Judges>();

/** The judge of a scene, the same for all images of that distribution and those settings. */
export function judgeFor(key: string, data: DatabaseSnapshot, makeScene: () => Scene): PackageJudge {
  const judges = judgesOf(data);
  let judge = judges.byScene.get(key);
  if (judge === undefined) {
    const scene = makeScene();
    const former = judges.former.get(key);
    judges.former.delete(key);
    judge =
      former?.of === systemsText(scene)
        ? new PackageJudge(scene, { ...former.memory, isOutdated: judges.isOutdated(scene) })
        : new PackageJudge(scene);
    judges.byScene.set(key, judge);
  }
  return judge;
}

function judgesOf(data: DatabaseSnapshot): Judges {
  let judges = known.get(data);
  if (judges === undefined) {
    judges = { byScene: new LRUCache({ max: 100 }), ...inherited(data) };
    known.set(data, judges);
  }
  return judges;
}

/** Their memory alone: the data before is closed, and what it has read is to be forgotten. */
function inherited(data: DatabaseSnapshot): Omit<Judges, 'byScene'> {
  const before = data.takePredecessor();
  const judges = before === undefined ? undefined : known.get(before.snapshot);
  if (before === undefined || judges === undefined)
    return { former: new Map(), isOutdated: () => () => true };
  known.delete(before.snapshot);
  const { changes } = before;
  return {
    former: new Map(
      [...judges.byScene.entries()].map(([key, { scene, memory }]) => [
        key,
        { of: systemsText(scene), memory },
      ]),
    ),
    isOutdated: (scene) => restsOnChanged(changes, scene),
  };
}

/** What the data knows of the distribution, whatever numbers it has there. */
function systemsText({ distribution }: Scene): string {
  const { systems, extended, own } = distribution;
  return JSON.stringify([systems, extended, own], (name, value: unknown) =>
    name === 'id' || name === 'file' || name === 'endOfLifeAtMs' ? undefined : value,
  );
}

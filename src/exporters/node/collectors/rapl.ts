import { FamilySet } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn, readNumber, readTextIfAny } from '../host-files.ts';

/** Energy that processors and memory have used. Root alone may read it. Source: https://docs.kernel.org/power/powercap/powercap.html */
export const rapl: CreateCollector = ({ raplZoneLabel }) => ({
  name: 'rapl',
  collect({ roots }) {
    const folder = `${roots.sysfs}/class/powercap`;
    const names = namesIn(folder);
    if (names === undefined) throw new NoDataError('there is no class/powercap');
    const set = new FamilySet();
    const seen = new Map<string, number>();
    for (const name of names) {
      const path = `${folder}/${name}`;
      const text = name.includes(':') ? readTextIfAny(`${path}/name`) : undefined;
      if (text === undefined) continue;
      const { zone, index } = zoneOf(text, seen);
      const joules = microjoules(`${path}/energy_uj`) / 1e6;
      if (raplZoneLabel)
        set.add(
          { name: 'node_rapl_joules_total', type: 'counter', help: 'Current RAPL value in joules' },
          joules,
          { index, path, rapl_zone: zone },
        );
      else {
        const family = `node_rapl_${zone.replace(/[^a-zA-Z0-9_]/g, '_')}_joules_total`;
        set.add({ name: family, type: 'counter', help: `Current RAPL ${zone} value in joules` }, joules, {
          ...{ index, path },
        });
      }
    }
    return set.families;
  },
});

/** `package-1` is number 1 of its kind; others are counted. */
function zoneOf(text: string, seen: Map<string, number>): { zone: string; index: string } {
  const [, kind, number] = /^([^-]+)-(\d+)$/.exec(text) ?? [];
  if (kind !== undefined && number !== undefined) return { zone: kind, index: String(Number(number)) };
  const index = seen.get(text) ?? 0;
  seen.set(text, index + 1);
  return { zone: text, index: String(index) };
}

/** @throws {NoDataError} where only root may know. */
function microjoules(path: string): number {
  try {
    return readNumber(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      throw new NoDataError(`${path} may be read by root alone`, { cause: error });
    throw error;
  }
}

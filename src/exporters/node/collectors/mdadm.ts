import { BadInputError } from '../../../kit/app-error.ts';
import { gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { readTextIfAny } from '../host-files.ts';

/** States as the label names them. */
const states = ['active', 'inactive', 'recovering', 'resync', 'check'] as const;
type State = (typeof states)[number];

interface RaidArray {
  readonly device: string;
  readonly state: State | 'reshape';
  readonly required: number;
  readonly active: number;
  readonly failed: number;
  readonly spare: number;
  readonly blocks: number;
  readonly synced: number;
}

/** Software RAID. Source: https://raid.wiki.kernel.org/index.php/Mdstat */
export const mdadm: CreateCollector = () => ({
  name: 'mdadm',
  collect({ roots }) {
    const path = `${roots.procfs}/mdstat`;
    const text = readTextIfAny(path);
    if (text === undefined) throw new NoDataError('there is no software RAID');
    const disks = gauge('node_md_disks', 'Number of active/failed/spare disks of device.');
    const required = gauge('node_md_disks_required', 'Total number of disks of device.');
    const state = gauge('node_md_state', 'Indicates the state of md-device.');
    const blocks = gauge('node_md_blocks', 'Total number of blocks on device.');
    const synced = gauge('node_md_blocks_synced', 'Number of blocks synced on device.');
    for (const array of arraysIn(text, path)) {
      const { device } = array;
      for (const name of ['active', 'failed', 'spare'] as const)
        disks.add(array[name], { device, state: name });
      required.add(array.required, { device });
      for (const name of states) state.add(name === array.state ? 1 : 0, { device, state: name });
      blocks.add(array.blocks, { device });
      synced.add(array.synced, { device });
    }
    return [disks, required, state, blocks, synced];
  },
});

/**
 * An array is a line with its name, one with its size and disks, and more that are indented: the bitmap, and how far the work on it is.
 *
 * @throws {BadInputError} for an array without a size.
 */
function arraysIn(text: string, path: string): RaidArray[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    if (/^(\s|Personalities|unused|$)/.test(line)) return [];
    const end = lines.findIndex((later, at) => at > i && !/^\s+\S/.test(later));
    const [status = '', ...more] = lines.slice(i + 1, end < 0 ? undefined : end);
    const size = /(\d+) blocks/.exec(status)?.[1];
    if (size === undefined) throw new BadInputError('', `${path}: there is no size below "${line}"`);
    return [arrayOf(line, status, more.join('\n'), Number(size))];
  });
}

function arrayOf(line: string, status: string, work: string, blocks: number): RaidArray {
  const [device = '', , activity] = line.split(/\s+/);
  const named = line.match(/\[\d+\]/g)?.length ?? 0;
  const isActive = activity === 'active';
  // Of one that does not run, the kernel does not say how many it should have.
  const [, required = named, active = named] = /\[(\d+)\/(\d+)\]/.exec(status) ?? [];
  const [, kind] = /(recovery|resync|check|reshape)\s*=/.exec(work) ?? [];
  const done = /\((\d+)\/\d+\)/.exec(work)?.[1];
  return {
    device,
    state: stateOf(isActive, kind),
    required: isActive ? Number(required) : 0,
    active: isActive ? Number(active) : 0,
    failed: line.match(/\(F\)/g)?.length ?? 0,
    spare: line.match(/\(S\)/g)?.length ?? 0,
    blocks,
    synced: kind === undefined ? blocks : Number(done ?? 0),
  };
}

function stateOf(isActive: boolean, kind: string | undefined): RaidArray['state'] {
  if (kind === 'recovery') return 'recovering';
  if (kind === 'resync' || kind === 'check' || kind === 'reshape') return kind;
  return isActive ? 'active' : 'inactive';
}

import { gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { readText, readTextIfAny } from '../host-files.ts';

/** Devices that are bonded to one. Source: https://docs.kernel.org/networking/bonding.html */
export const bonding: CreateCollector = () => ({
  name: 'bonding',
  collect({ roots }) {
    const folder = `${roots.sysfs}/class/net`;
    const masters = readTextIfAny(`${folder}/bonding_masters`);
    if (masters === undefined) throw new NoDataError('no bonding device');
    const slaves = gauge('node_bonding_slaves', 'Number of configured slaves per bonding interface.');
    const active = gauge('node_bonding_active', 'Number of active slaves per bonding interface.');
    for (const master of words(masters)) {
      const names = words(readText(`${folder}/${master}/bonding/slaves`));
      const isUp = (slave: string): boolean =>
        // Old kernels have another name for the link.
        (readTextIfAny(`${folder}/${master}/lower_${slave}/bonding_slave/mii_status`) ??
          readTextIfAny(`${folder}/${master}/slave_${slave}/bonding_slave/mii_status`)) === 'up';
      slaves.add(names.length, { master });
      active.add(names.filter(isUp).length, { master });
    }
    return [slaves, active];
  },
});

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

import { gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { namesIn } from '../host-files.ts';

/** Controllers of NVMe. Source: drivers/nvme/host/sysfs.c of Linux */
export const nvme: CreateCollector = () => ({
  name: 'nvme',
  async collect({ roots, slow }) {
    const folder = `${roots.sysfs}/class/nvme`;
    const devices = namesIn(folder);
    if (devices === undefined) throw new NoDataError('there is no NVMe device');
    const info = gauge(
      'node_nvme_info',
      'Non-numeric data from /sys/class/nvme/<device>, value is always 1.',
    );
    for (const device of devices) {
      const texts = await slow.textsIn(`${folder}/${device}`, ['firmware_rev', 'model', 'serial', 'state']);
      const text = (file: string): string => texts.get(file) ?? '';
      info.add(1, {
        ...{ device, firmware_revision: text('firmware_rev'), model: text('model') },
        ...{ serial: text('serial'), state: text('state') },
      });
    }
    return [info];
  },
});

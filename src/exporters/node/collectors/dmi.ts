import { gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { readTextIfAny } from '../host-files.ts';

const labels = [
  ...['bios_date', 'bios_release', 'bios_vendor', 'bios_version', 'board_asset_tag', 'board_name'],
  ...['board_serial', 'board_vendor', 'board_version', 'chassis_asset_tag', 'chassis_serial'],
  ...['chassis_vendor', 'chassis_version', 'product_family', 'product_name', 'product_serial'],
  ...['product_sku', 'product_uuid', 'product_version', 'system_vendor'],
];

/** What the firmware says of the machine. Serial numbers can be read by root alone; a label that cannot be read is left out. */
export const dmi: CreateCollector = () => ({
  name: 'dmi',
  collect({ roots }) {
    const found: Record<string, string> = {};
    for (const label of labels) {
      const file = label === 'system_vendor' ? 'sys_vendor' : label;
      const text = readTextIfAny(`${roots.sysfs}/class/dmi/id/${file}`);
      if (text !== undefined) found[label] = text;
    }
    if (Object.keys(found).length === 0) throw new NoDataError('there is no DMI');
    const help = `A metric with a constant '1' value labeled by ${labels.join(', ')} if provided by DMI.`;
    return [gauge('node_dmi_info', help).add(1, found)];
  },
});

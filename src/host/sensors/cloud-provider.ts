import { Gaps, type Host, type Sensor } from '../host.ts';
import { readValue } from '../root/reading.ts';

/** What clouds write into the firmware of their machines. */
const marks: readonly { readonly provider: string; readonly pattern: RegExp }[] = [
  { provider: 'aws', pattern: /amazon|^ec2/i },
  { provider: 'gce', pattern: /google/i },
  // Its asset tag; `Microsoft Corporation` alone is any Hyper-V.
  { provider: 'azure', pattern: /7783-7084-3265-9085-8269-3286-77/ },
  { provider: 'alibaba', pattern: /alibaba/i },
  { provider: 'digitalocean', pattern: /digitalocean/i },
  { provider: 'oracle', pattern: /oraclecloud/i },
  { provider: 'openstack', pattern: /openstack/i },
  { provider: 'hetzner', pattern: /hetzner/i },
];

const firmware = [
  'sys_vendor',
  'product_name',
  'product_version',
  'bios_vendor',
  'chassis_asset_tag',
  'board_vendor',
];

/** The link-local address at which clouds hand out credentials of their machines. */
const metadataAddress = '169.254.169.254';

/** The cloud that the machine is of, by its firmware, and whether its metadata service takes connections from here. */
export const cloudProvider: Sensor = {
  kind: 'cloudProviderInfo',
  async sense(host) {
    const gaps = new Gaps();
    const texts = await firmwareOf(host);
    const provider = marks.find(({ pattern }) => texts.some((text) => pattern.test(text)))?.provider;
    const isElsewhere = provider === undefined && texts.length > 0;
    if (host.reaches === undefined && !isElsewhere)
      gaps.add(
        'providerMetaDataAPIAccess',
        `whether ${metadataAddress} can be reached from the node has not been tried`,
      );
    const isReached = host.reaches !== undefined && (await host.reaches(metadataAddress, 80));
    const data = {
      ...(provider === undefined ? {} : { provider }),
      ...(isReached ? { providerMetaDataAPIAccess: true } : {}),
    };
    return { data, gaps: gaps.list };
  },
};

/** What could be read of it. */
async function firmwareOf({ sys }: Host): Promise<readonly string[]> {
  const read = await Promise.all(firmware.map((name) => sys.text(`/class/dmi/id/${name}`, 1024)));
  return read.flatMap((text) => readValue(text)?.trim() ?? []);
}

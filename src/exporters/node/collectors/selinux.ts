import { counter, type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { fieldsOf, readLines, readNumber, readNumberIfAny, readText, readTextIfAny } from '../host-files.ts';

const modes: Readonly<Record<string, number>> = { enforcing: 1, permissive: 0, disabled: -1 };

/** What the file `cache_stats` of the access vector cache has, summed over processors. */
const cacheStats = ['lookups', 'hits', 'misses', 'allocations', 'reclaims', 'frees'];

/** Source: https://docs.kernel.org/admin-guide/LSM/SELinux.html, and what selinuxfs has in it */
export const selinux: CreateCollector = () => ({
  name: 'selinux',
  collect({ roots }) {
    const folder = `${roots.sysfs}/fs/selinux`;
    const current = readNumberIfAny(`${folder}/enforce`);
    const enabled = gauge('node_selinux_enabled', 'SELinux is enabled, 1 is true, 0 is false').add(
      current === undefined ? 0 : 1,
    );
    if (current === undefined) return [enabled];
    const root = roots.rootfs === '/' ? '' : roots.rootfs;
    const configured = fieldsOf(readTextIfAny(`${root}/etc/selinux/config`) ?? '', '=').get('SELINUX') ?? '';
    return [
      enabled,
      gauge('node_selinux_config_mode', 'Configured SELinux enforcement mode').add(modes[configured] ?? -1),
      gauge('node_selinux_current_mode', 'Current SELinux enforcement mode').add(current),
      ...cacheFamilies(`${folder}/avc/cache_stats`),
      ...hashFamilies(readText(`${folder}/avc/hash_stats`)),
      gauge('node_selinux_avc_threshold', 'SELinux AVC threshold').add(
        readNumber(`${folder}/avc/cache_threshold`),
      ),
    ];
  },
});

function cacheFamilies(path: string): FamilyBuilder[] {
  const [head = '', ...lines] = readLines(path);
  const names = head.trim().split(/\s+/);
  return cacheStats.map((name) => {
    const at = names.indexOf(name);
    const sum = lines.reduce((all, line) => all + Number(line.trim().split(/\s+/)[at] ?? 0), 0);
    return counter(`node_selinux_avc_${name}_total`, `SELinux AVC ${name}`).add(sum);
  });
}

/** `entries: 503`, `buckets used: 191/512`, `longest chain: 8`. */
function hashFamilies(text: string): FamilyBuilder[] {
  const fields = fieldsOf(text);
  const [used = '0', available = '0'] = (fields.get('buckets used') ?? '').split('/');
  return (
    [
      ['hash_entries', 'hash entries', fields.get('entries')],
      ['hash_buckets_available', 'hash buckets available', available],
      ['hash_buckets_used', 'hash buckets used', used],
      ['hash_longest_chain', 'hash longest chain', fields.get('longest chain')],
    ] as const
  ).map(([name, help, value]) => gauge(`node_selinux_avc_${name}`, `SELinux AVC ${help}`).add(Number(value)));
}

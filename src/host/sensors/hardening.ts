import { Gaps, type Host, type Sensor } from '../host.ts';
import { type Reading, readValue } from '../root/reading.ts';

/** Which of the kernel's guards are on: AppArmor, SELinux, seccomp. */
export const hardening: Sensor = {
  kind: 'LinuxSecurityHardeningStatus',
  async sense(host) {
    const gaps = new Gaps();
    const data = {
      appArmor: await appArmor(host, gaps),
      seLinux: await seLinux(host, gaps),
      seccomp: await seccomp(host),
    };
    return { data, gaps: gaps.list };
  },
};

/** As Kubescape says it: `enabled`, `unloaded`, `stopped`. */
async function appArmor({ sys }: Host, gaps: Gaps): Promise<string> {
  const on = readValue(await sys.text('/module/apparmor/parameters/enabled', 64));
  if (on?.trim() !== 'Y') return 'unloaded';
  const profiles: Reading<string> = await sys.text('/kernel/security/apparmor/profiles', 1024 * 1024);
  if ('obstacle' in profiles) {
    // The list is for root alone; that the module is on can be told without.
    if (profiles.obstacle !== 'absent') gaps.add('appArmorProfiles', profiles.reason);
    return 'enabled';
  }
  return profiles.value.trim() === '' ? 'stopped' : 'enabled';
}

async function seLinux({ files, sys }: Host, gaps: Gaps): Promise<string> {
  const enforcing = readValue(await sys.text('/fs/selinux/enforce', 16));
  if (enforcing !== undefined) return enforcing.trim() === '1' ? 'enforcing' : 'permissive';
  const config = gaps.take('seLinux', await files.text('/etc/selinux/config', 16 * 1024));
  return config === undefined ? 'not found' : 'disabled';
}

async function seccomp({ proc }: Host): Promise<string> {
  const actions = readValue(await proc.text('/sys/kernel/seccomp/actions_avail', 1024));
  return actions === undefined ? 'not found' : actions.trim();
}

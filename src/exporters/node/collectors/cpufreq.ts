import { type FamilyBuilder, gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { namesIn, readNumberIfAny, readTextIfAny } from '../host-files.ts';

const files = [
  ['cpuinfo_cur_freq', 'frequency_hertz', 'Current cpu thread frequency in hertz.'],
  ['cpuinfo_min_freq', 'frequency_min_hertz', 'Minimum cpu thread frequency in hertz.'],
  ['cpuinfo_max_freq', 'frequency_max_hertz', 'Maximum cpu thread frequency in hertz.'],
  ['scaling_cur_freq', 'scaling_frequency_hertz', 'Current scaled CPU thread frequency in hertz.'],
  ['scaling_min_freq', 'scaling_frequency_min_hertz', 'Minimum scaled CPU thread frequency in hertz.'],
  ['scaling_max_freq', 'scaling_frequency_max_hertz', 'Maximum scaled CPU thread frequency in hertz.'],
] as const;

/** Frequencies, in kHz there. Source: https://docs.kernel.org/admin-guide/pm/cpufreq.html */
export const cpufreq: CreateCollector = () => ({
  name: 'cpufreq',
  collect({ roots }) {
    const folder = `${roots.sysfs}/devices/system/cpu`;
    const families = files.map(([file, name, help]) => ({ file, family: gauge(`node_cpu_${name}`, help) }));
    const governors = gauge('node_cpu_scaling_governor', 'Current enabled CPU frequency governor.');
    for (const name of namesIn(folder) ?? []) {
      const cpu = /^cpu(\d+)$/.exec(name)?.[1];
      if (cpu === undefined) continue;
      for (const { file, family } of families) {
        const kilohertz = readNumberIfAny(`${folder}/${name}/cpufreq/${file}`);
        if (kilohertz !== undefined) family.add(kilohertz * 1000, { cpu });
      }
      addGovernors(governors, `${folder}/${name}/cpufreq`, cpu);
    }
    return [...families.map(({ family }) => family), governors];
  },
});

function addGovernors(family: FamilyBuilder, folder: string, cpu: string): void {
  const chosen = readTextIfAny(`${folder}/scaling_governor`);
  if (chosen === undefined) return;
  const all = readTextIfAny(`${folder}/scaling_available_governors`) ?? chosen;
  for (const governor of all.split(/\s+/)) family.add(governor === chosen ? 1 : 0, { cpu, governor });
}

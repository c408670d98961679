import { Gaps, type Sensor } from '../host.ts';
import { isAbsent } from '../root/reading.ts';

/**
 * Variables that say how well the kernel keeps programs apart, or that the kubelet insists on. Others, of which some change all the
 * time, are nobody's question.
 */
const variables = [
  ...['unprivileged_userns_clone', 'unprivileged_bpf_disabled', 'apparmor_restrict_unprivileged_userns'],
  ...['kptr_restrict', 'dmesg_restrict', 'perf_event_paranoid', 'randomize_va_space', 'yama/ptrace_scope'],
  ...['kexec_load_disabled', 'modules_disabled', 'sysrq', 'core_pattern', 'core_uses_pid', 'suid_dumpable'],
  ...[
    'panic',
    'panic_on_oops',
    'keys/root_maxkeys',
    'keys/root_maxbytes',
    'pid_max',
    'threads-max',
    'osrelease',
  ],
].map((name) => ({ key: name.replaceAll('/', '.'), path: `/sys/kernel/${name}` }));
const otherVariables = [
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'vm/mmap_min_addr', 'user/max_user_namespaces'],
  ...[
    'fs/protected_hardlinks',
    'fs/protected_symlinks',
    'fs/protected_fifos',
    'fs/protected_regular',
    'fs/suid_dumpable',
  ],
].map((name) => ({ key: name.replaceAll('/', '.'), path: `/sys/${name}` }));

const mostBytes = 4096;

/** Kernel variables; those of `kernel.` by their bare names, as Kubescape has them. */
export const kernelVariables: Sensor = {
  kind: 'LinuxKernelVariables',
  async sense({ proc }) {
    const gaps = new Gaps();
    const data: { key: string; source: string; value: string }[] = [];
    for (const { key, path } of [...variables, ...otherVariables]) {
      const read = await proc.text(path, mostBytes);
      if (isAbsent(read)) continue;
      const value = gaps.take(key, read);
      if (value !== undefined) data.push({ key, source: `/proc${path}`, value });
    }
    if (data.length === 0 && gaps.list.length === 0)
      gaps.add('', '/proc/sys: there is nothing to be read; give the node process the host’s /proc');
    return { data, gaps: gaps.list };
  },
};

/** The line by which the kernel names itself. */
export const kernelVersion: Sensor = {
  kind: 'KernelVersion',
  async sense({ proc }) {
    const gaps = new Gaps();
    const version = gaps.need('', await proc.text('/version', mostBytes));
    return { data: version?.trim() ?? '', gaps: gaps.list };
  },
};

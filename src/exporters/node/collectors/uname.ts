import { machine } from 'node:os';
import { gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { readText, readTextIfAny } from '../host-files.ts';

/**
 * What `uname` tells. The kernel answers for who asks, and a container has a name of its own: with another root than ours, the
 * host's name is the one that its own file has.
 */
export const uname: CreateCollector = () => ({
  name: 'uname',
  collect({ roots }) {
    const kernel = (file: string): string => readText(`${roots.procfs}/sys/kernel/${file}`).trim();
    const hostFile = roots.rootfs === '/' ? undefined : readTextIfAny(`${roots.rootfs}/etc/hostname`);
    return [
      gauge('node_uname_info', 'Labeled system information as provided by the uname system call.').add(1, {
        sysname: kernel('ostype'),
        release: kernel('osrelease'),
        version: kernel('version'),
        machine: readTextIfAny(`${roots.procfs}/sys/kernel/arch`) ?? machine(),
        nodename: hostFile === undefined || hostFile === '' ? kernel('hostname') : hostFile,
        domainname: kernel('domainname'),
      }),
    ];
  },
});

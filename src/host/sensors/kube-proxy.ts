import { Gaps, type Sensor } from '../host.ts';
import { argumentOf, shownCommandLine } from '../parse/arguments.ts';
import { fileFact } from '../root/file-fact.ts';
import { isAbsent } from '../root/reading.ts';

/** kube-proxy: its command line, and its kubeconfig where that is a file of the host. Pods have it from a ConfigMap. */
export const kubeProxy: Sensor = {
  kind: 'KubeProxyInfo',
  async sense(host) {
    const gaps = new Gaps();
    const process = host.processes.find(['kube-proxy']);
    if (process === undefined) {
      if (host.processes.unseen !== undefined) gaps.add('', host.processes.unseen);
      return { data: {}, gaps: gaps.list };
    }
    const path = argumentOf(process.args, 'kubeconfig');
    const read = path?.startsWith('/') === true ? await fileFact(host, path) : undefined;
    const kubeConfigFile =
      read === undefined || isAbsent(read) ? undefined : gaps.take('kubeConfigFile', read);
    const data = { cmdLine: shownCommandLine(process.args), kubeConfigFile };
    return { data, gaps: gaps.list };
  },
};

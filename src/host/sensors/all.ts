import type { Sensor } from '../host.ts';
import { cloudProvider } from './cloud-provider.ts';
import { cni } from './cni.ts';
import { controlPlane } from './control-plane.ts';
import { hardening } from './hardening.ts';
import { kernelVariables, kernelVersion } from './kernel.ts';
import { kubeProxy } from './kube-proxy.ts';
import { kubelet } from './kubelet.ts';
import { openPortsList } from './open-ports.ts';
import { osRelease } from './os-release.ts';

/** One for each kind of facts. */
export const sensors: readonly Sensor[] = [
  kubelet,
  kubeProxy,
  controlPlane,
  cni,
  kernelVariables,
  kernelVersion,
  osRelease,
  hardening,
  openPortsList,
  cloudProvider,
];

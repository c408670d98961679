import { expect, it } from 'vitest';
import { ownerOf } from './cgroup-path.ts';

const id = 'a1'.repeat(32);
const uid = '0f0e0d0c-1111-2222-3333-444455556666';
const scored = uid.replaceAll('-', '_');
const hash = '9'.repeat(32);
const qos = '/kubepods.slice/kubepods-burstable.slice';

it.each([
  ['/', { kind: 'root' }],
  ['/system.slice', { kind: 'group' }],
  ['/kubepods', { kind: 'group' }],
  ['/kubepods/besteffort', { kind: 'group' }],
  [qos, { kind: 'group' }],
  ['/system.slice/containerd.service', { kind: 'group' }],
  ['/system.slice/cron.service', { kind: 'inner' }],
  ['/user.slice/user-0.slice', { kind: 'inner' }],
  // systemd: containerd, CRI-O, Docker
  [`${qos}/kubepods-burstable-pod${scored}.slice`, { kind: 'pod', podUid: uid }],
  [
    `${qos}/kubepods-burstable-pod${scored}.slice/cri-containerd-${id}.scope`,
    { kind: 'container', podUid: uid, containerId: id },
  ],
  [
    `/kubepods.slice/kubepods-pod${scored}.slice/crio-${id}.scope`,
    { kind: 'container', podUid: uid, containerId: id },
  ],
  [
    `/kubepods.slice/kubepods-pod${scored}.slice/crio-${id}.scope/container`,
    { kind: 'inner', podUid: uid, containerId: id },
  ],
  [`/kubepods.slice/kubepods-pod${scored}.slice/crio-conmon-${id}.scope`, { kind: 'inner', podUid: uid }],
  [`${qos}/kubepods-burstable-pod${hash}.slice`, { kind: 'pod', podUid: hash }],
  // cgroupfs
  [`/kubepods/besteffort/pod${uid}`, { kind: 'pod', podUid: uid }],
  [`/kubepods/pod${uid}/${id}`, { kind: 'container', podUid: uid, containerId: id }],
  [`/kubepods/pod${uid}/${id}/init.scope`, { kind: 'inner', podUid: uid, containerId: id }],
  // containerd with a systemd driver, below its own service
  [
    `/system.slice/containerd.service/kubepods-besteffort-pod${scored}.slice:cri-containerd:${id}`,
    { kind: 'container', podUid: uid, containerId: id },
  ],
  // without Kubernetes
  [`/docker/${id}`, { kind: 'container', containerId: id }],
  [`/system.slice/docker-${id}.scope`, { kind: 'container', containerId: id }],
  [`/machine.slice/libpod-${id}.scope`, { kind: 'container', containerId: id }],
  [`/machine.slice/libpod-conmon-${id}.scope`, { kind: 'inner' }],
  // a node that is a container itself (kind)
  [
    `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${scored}.slice/cri-containerd-${id}.scope`,
    { kind: 'container', podUid: uid, containerId: id },
  ],
  [
    `/docker/${'b2'.repeat(32)}/kubelet.slice/kubelet-kubepods.slice`,
    { kind: 'inner', containerId: 'b2'.repeat(32) },
  ],
  [`/docker/${'b2'.repeat(32)}/kubelet/kubepods/pod${uid}`, { kind: 'pod', podUid: uid }],
  [
    `/docker/${'b2'.repeat(32)}/kubelet/kubepods/pod${uid}/${id}`,
    { kind: 'container', podUid: uid, containerId: id },
  ],
  // what only looks like it
  ['/kubepods/podinfo', { kind: 'inner' }],
  [`/kubepods/pod${uid}/notanid`, { kind: 'inner', podUid: uid }],
] as const)('%s', (path, owner) => {
  expect(ownerOf(path)).toEqual(owner);
});

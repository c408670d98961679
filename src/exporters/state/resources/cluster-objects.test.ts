import { describe, expect, it } from 'vitest';
import { seriesOf } from '../testing.ts';

describe('what is in no namespace', () => {
  const wide = { metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } };
  const all = (resource: string, object: object) => seriesOf(resource, { ...wide, ...object });

  it('volumes are told with where they are', () => {
    const spec = {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      claimRef: { name: 'c', namespace: 'n' },
      persistentVolumeReclaimPolicy: 'Retain',
      csi: { driver: 'd', volumeHandle: 'h', volumeAttributes: { mounter: 'fuse' } },
    };
    const lines = all('persistentvolumes', { spec, status: { phase: 'Bound' } });
    expect(lines).toContain('kube_persistentvolume_capacity_bytes{persistentvolume="a"} 1073741824');
    expect(lines).toContain(
      'kube_persistentvolume_claim_ref{persistentvolume="a",name="c",claim_namespace="n"} 1',
    );
    expect(lines).toContain(
      'kube_persistentvolume_volume_mode{persistentvolume="a",volumemode="Filesystem"} 1',
    );
    expect(lines).toContain(
      'kube_persistentvolume_access_mode{persistentvolume="a",access_mode="ReadWriteOnce"} 1',
    );
    expect(lines.filter((line) => line.includes('phase='))).toHaveLength(5);
    const info = lines.find((line) => line.startsWith('kube_persistentvolume_info'));
    expect(info).toMatch(/csi_driver="d",csi_volume_handle="h".*reclaim_policy="Retain"/);
    expect(lines.join()).not.toContain('csi_mounter');
    const fc = all('persistentvolumes', { spec: { fc: { lun: 2, targetWWNs: ['w1', 'w2'] } } });
    expect(fc.join()).toContain('fc_lun="2",fc_target_wwns="w1,w2"');
  });

  it('attachments, classes and namespaces are told', () => {
    const attachment = {
      spec: { attacher: 'd', nodeName: 'n1', source: { persistentVolumeName: 'pv1' } },
      status: { attached: true, attachmentMetadata: { 'dev.path': '/x' } },
    };
    expect(all('volumeattachments', attachment)).toEqual([
      'kube_volumeattachment_created{volumeattachment="a"} 1767225600',
      'kube_volumeattachment_info{volumeattachment="a",attacher="d",node="n1"} 1',
      'kube_volumeattachment_spec_source_persistentvolume{volumeattachment="a",volumename="pv1"} 1',
      'kube_volumeattachment_status_attached{volumeattachment="a"} 1',
      'kube_volumeattachment_status_attachment_metadata{volumeattachment="a",metadata_dev_path="/x"} 1',
    ]);
    expect(all('storageclasses', { provisioner: 'p' })).toContain(
      'kube_storageclass_info{storageclass="a",provisioner="p",reclaim_policy="Delete",volume_binding_mode="Immediate"} 1',
    );
    expect(all('namespaces', { status: { phase: 'Active' } })).toEqual([
      'kube_namespace_created{namespace="a"} 1767225600',
      'kube_namespace_status_phase{namespace="a",phase="Active"} 1',
      'kube_namespace_status_phase{namespace="a",phase="Terminating"} 0',
    ]);
    expect(all('ingressclasses', { spec: { controller: 'c' } })).toContain(
      'kube_ingressclass_info{ingressclass="a",controller="c"} 1',
    );
    expect(all('clusterroles', {})).toContain('kube_clusterrole_info{clusterrole="a"} 1');
    expect(all('clusterrolebindings', { roleRef: { kind: 'ClusterRole', name: 'r' } })).toContain(
      'kube_clusterrolebinding_info{clusterrolebinding="a",roleref_kind="ClusterRole",roleref_name="r"} 1',
    );
  });

  it('signing requests are told with what was decided', () => {
    const request = {
      spec: { signerName: 's' },
      status: { conditions: [{ type: 'Approved' }], certificate: Buffer.from('12345').toString('base64') },
    };
    const id = 'certificatesigningrequest="a",signer_name="s"';
    expect(all('certificatesigningrequests', request)).toEqual([
      `kube_certificatesigningrequest_cert_length{${id}} 5`,
      `kube_certificatesigningrequest_condition{${id},condition="approved"} 1`,
      `kube_certificatesigningrequest_condition{${id},condition="denied"} 0`,
      `kube_certificatesigningrequest_condition{${id},condition="failed"} 0`,
      `kube_certificatesigningrequest_created{${id}} 1767225600`,
    ]);
  });

  it('webhooks and admission policies are told', () => {
    const webhooks = [
      { name: 'w', clientConfig: { service: { name: 's', namespace: 'n' } } },
      { name: 'x', clientConfig: { url: 'https://example.com' } },
    ];
    for (const kind of ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'])
      expect(all(`${kind}s`, { webhooks })).toEqual([
        `kube_${kind}_created{namespace="",${kind}="a"} 1767225600`,
        `kube_${kind}_info{namespace="",${kind}="a"} 1`,
        `kube_${kind}_webhook_clientconfig_service{namespace="",${kind}="a",webhook_name="w",service_name="s",service_namespace="n"} 1`,
      ]);
    const policy = { spec: { failurePolicy: 'Fail', paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } };
    const params = 'param_api_version="v1",param_kind="ConfigMap",failure_policy="Fail"';
    expect(all('validatingadmissionpolicies', policy)).toContain(
      `kube_validatingadmissionpolicy_info{namespace="",validatingadmissionpolicy="a",${params}} 1`,
    );
    expect(all('mutatingadmissionpolicies', policy)).toContain(
      `kube_mutatingadmissionpolicy_info{namespace="",mutatingadmissionpolicy="a",${params},reinvocation_policy=""} 1`,
    );
    const binding = {
      spec: { policyName: 'p', paramRef: { name: 'q' }, validationActions: ['Deny', 'Audit'] },
    };
    expect(all('validatingadmissionpolicybindings', binding)).toEqual([
      'kube_validatingadmissionpolicybinding_created{namespace="",validatingadmissionpolicybinding="a"} 1767225600',
      'kube_validatingadmissionpolicybinding_info{namespace="",validatingadmissionpolicybinding="a",policy_name="p",param_name="q",param_namespace="",param_not_found_action=""} 1',
      'kube_validatingadmissionpolicybinding_validation_action{namespace="",validatingadmissionpolicybinding="a",action="Audit"} 1',
      'kube_validatingadmissionpolicybinding_validation_action{namespace="",validatingadmissionpolicybinding="a",action="Deny"} 1',
    ]);
    expect(all('mutatingadmissionpolicybindings', binding)).toHaveLength(2);
  });
});

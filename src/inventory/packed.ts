import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { KubeObject } from '../model/object.ts';

/**
 * Text that is in most objects; deflate refers back to it, so that even small objects shrink to about a quarter.
 * Only ever used within one process, so it may change freely. The commonest last, where references are shortest.
 */
const dictionary = Buffer.from(
  '"nodeSelector":{"kubernetes.io/os":"linux"},"initContainers":[{"hostPort":,"hostNetwork":true,"hostPID":true,' +
    '"rules":[{"apiGroups":[""],"resources":["pods","secrets","configmaps"],"verbs":["get","list","watch"]}],' +
    '"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","subjects":[{"kind":"ServiceAccount",' +
    '"policyTypes":["Ingress","Egress"],"podSelector":{"matchLabels":{"namespaceSelector":{"ingress":[{"from":[' +
    '"type":"ClusterIP","clusterIP":"","sessionAffinity":"None","targetPort":"http","ownerReferences":[{"apiVersion":' +
    '"apps/v1","kind":"ReplicaSet","controller":true,"blockOwnerDeletion":true}],"pod-template-hash":"' +
    '"tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},' +
    '{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],' +
    '"affinity":{"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":100,"podAffinityTerm":' +
    '{"topologyKey":"kubernetes.io/hostname"}}]}},"priority":0,"enableServiceLinks":false,"preemptionPolicy":' +
    '"PreemptLowerPriority","imagePullSecrets":[{"name":"nodeName":"strategy":{"type":"RollingUpdate","rollingUpdate":' +
    '{"maxUnavailable":"25%","maxSurge":"25%"}},"revisionHistoryLimit":10,"progressDeadlineSeconds":600,"replicas":' +
    '"volumes":[{"name":"kube-api-access-","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,' +
    '"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},' +
    '{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],' +
    '"defaultMode":420}},{"name":"tmp","emptyDir":{"sizeLimit":"secret":{"secretName":"' +
    '"env":[{"name":"","value":"","valueFrom":{"secretKeyRef":{"configMapKeyRef":{"fieldRef":{"envFrom":[{' +
    '"livenessProbe":{"httpGet":{"path":"/healthz","port":"http","scheme":"HTTP"},"initialDelaySeconds":5,' +
    '"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"readinessProbe":{' +
    '"resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"100m","memory":"128Mi"}},' +
    '"volumeMounts":[{"name":"","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],' +
    '"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent",' +
    '"securityContext":{"capabilities":{"drop":["ALL"]},"privileged":false,"runAsUser":1000,"runAsNonRoot":true,' +
    '"readOnlyRootFilesystem":true,"allowPrivilegeEscalation":false,"seccompProfile":{"type":"RuntimeDefault"}},' +
    '"ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"restartPolicy":"Always",' +
    '"terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","serviceAccount":"default",' +
    '"schedulerName":"default-scheduler","template":{"metadata":{"creationTimestamp":null,"labels":{"app":"' +
    '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"","namespace":"","uid":"","resourceVersion":"",' +
    '"creationTimestamp":"2025-01-01T00:00:00Z","labels":{"app.kubernetes.io/name":"","app.kubernetes.io/part-of":"",' +
    '"app.kubernetes.io/component":"","app.kubernetes.io/instance":""},"annotations":{"deployment.kubernetes.io/revision":"1"}},' +
    '"spec":{"selector":{"matchLabels":{"containers":[{"name":"","image":"',
);

/** Small windows: an object is a few kilobytes, and zlib would otherwise set up 256 KiB for each. */
const deflateOptions = { level: 5, windowBits: 13, memLevel: 5, dictionary } as const;
const inflateOptions = { windowBits: 13, dictionary } as const;

/** An object as deflated JSON, outside of the JavaScript heap. */
export type Packed = Buffer;

export function pack(json: string): Packed {
  // zlib hands out a slice of a 16 KiB buffer, which would keep all of it.
  const deflated = deflateRawSync(json, deflateOptions);
  const exact = Buffer.allocUnsafeSlow(deflated.length);
  deflated.copy(exact);
  return exact;
}

export function unpack(packed: Packed): KubeObject {
  return JSON.parse(inflateRawSync(packed, inflateOptions).toString()) as KubeObject;
}

/** 48 bits of a digest: enough that two states of one object never agree by chance, and a plain number to hold. */
export function digest(text: string): number {
  return createHash('sha1').update(text).digest().readUIntBE(0, 6);
}

{{/* The pod, of the Deployment or the StatefulSet. */}}
{{- define "skopos.pod" -}}
metadata:
  labels:
    {{- include "skopos.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A change of the configuration starts it anew.
    checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "skopos.serviceAccountName" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: skopos
      image: {{ include "skopos.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [up, --config, /etc/skopos/files/skopos.yaml]
      env:
        - name: POD_NAMESPACE
          valueFrom:
            fieldRef:
              fieldPath: metadata.namespace
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: http
          containerPort: 9600
          protocol: TCP
        {{- if hasKey .Values.config "admission" }}
        - name: admission
          containerPort: {{ include "skopos.admissionPort" . }}
          protocol: TCP
        {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        capabilities:
          drop: [ALL]
        # What nodes with SELinux give a container anyway.
        seLinuxOptions:
          type: container_t
        seccompProfile:
          type: RuntimeDefault
      startupProbe:
        httpGet: { path: /-/healthy, port: http }
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /-/healthy, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /-/ready, port: http }
        periodSeconds: 5
        timeoutSeconds: 5
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        - name: data
          mountPath: /var/lib/skopos
        - name: tmp
          mountPath: /tmp
        - name: files
          mountPath: /etc/skopos/files
          readOnly: true
        - name: api-token
          mountPath: /etc/skopos/api-token
          readOnly: true
        {{- if .Values.node.enabled }}
        - name: node-token
          mountPath: /etc/skopos/node-token
          readOnly: true
        {{- end }}
        - name: kube-api-access
          mountPath: /var/run/secrets/kubernetes.io/serviceaccount
          readOnly: true
        {{- if .Values.alertmanagerConfigSecret.name }}
        - name: alertmanager
          mountPath: /etc/skopos/alertmanager
          readOnly: true
        {{- end }}
        {{- range .Values.secretMounts }}
        - name: secret-{{ .name }}
          mountPath: /etc/skopos/secrets/{{ .name }}
          readOnly: true
        {{- end }}
  volumes:
    {{- if not .Values.persistence.enabled }}
    - name: data
      emptyDir:
        sizeLimit: {{ .Values.persistence.size }}
    {{- else if not (include "skopos.isReplicated" .) }}
    - name: data
      persistentVolumeClaim:
        claimName: {{ default (include "skopos.fullname" .) .Values.persistence.existingClaim }}
    {{- end }}
    - name: tmp
      emptyDir:
        sizeLimit: 256Mi
    - name: files
      configMap:
        name: {{ include "skopos.fullname" . }}
    - name: api-token
      secret:
        secretName: {{ default (printf "%s-api-token" (include "skopos.fullname" .)) .Values.apiToken.existingSecret }}
        defaultMode: 0440
        items:
          - key: {{ .Values.apiToken.key }}
            path: token
    {{- if .Values.node.enabled }}
    - name: node-token
      secret:
        secretName: {{ include "skopos.nodeTokenSecret" . }}
        defaultMode: 0440
        items:
          - key: {{ .Values.node.token.key }}
            path: token
    {{- end }}
    # What a service account's token is, but for an hour at a time, and mounted for this container alone.
    - name: kube-api-access
      projected:
        defaultMode: 0440
        sources:
          - serviceAccountToken:
              path: token
              expirationSeconds: 3600
          - configMap:
              name: kube-root-ca.crt
              items:
                - key: ca.crt
                  path: ca.crt
          - downwardAPI:
              items:
                - path: namespace
                  fieldRef:
                    apiVersion: v1
                    fieldPath: metadata.namespace
    {{- with .Values.alertmanagerConfigSecret }}
    {{- if .name }}
    - name: alertmanager
      secret:
        secretName: {{ .name }}
        defaultMode: 0440
        items:
          - key: {{ .key }}
            path: alertmanager.yml
    {{- end }}
    {{- end }}
    {{- range .Values.secretMounts }}
    - name: secret-{{ .name }}
      secret:
        secretName: {{ .secretName }}
        defaultMode: 0440
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.affinity }}
  affinity:
    {{- toYaml .Values.affinity | nindent 4 }}
  {{- else if include "skopos.isReplicated" . }}
  # Each on another node, and in another zone, where there are enough of them.
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        {{- range $key, $weight := dict "kubernetes.io/hostname" 100 "topology.kubernetes.io/zone" 50 }}
        - weight: {{ $weight }}
          podAffinityTerm:
            topologyKey: {{ $key }}
            labelSelector:
              matchLabels:
                {{- include "skopos.selectorLabels" $ | nindent 16 }}
        {{- end }}
  {{- end }}
{{- end -}}

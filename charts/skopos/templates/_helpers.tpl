{{- define "skopos.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "skopos.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "skopos.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "skopos.labels" -}}
{{ include "skopos.selectorLabels" . }}
app: {{ include "skopos.fullname" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: monitoring
app.kubernetes.io/part-of: skopos
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Name, place and labels of every object but those that have no namespace. */}}
{{- define "skopos.metadata" -}}
name: {{ include "skopos.fullname" . }}
namespace: {{ include "skopos.namespace" . }}
labels:
  {{- include "skopos.labels" . | nindent 2 }}
{{- end -}}

{{/* ClusterRoles of releases of the same name in other namespaces must not meet. */}}
{{- define "skopos.clusterName" -}}
{{- printf "%s-%s" (include "skopos.namespace" .) (include "skopos.fullname" .) -}}
{{- end -}}

{{- define "skopos.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "skopos.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name is needed where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "skopos.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Not empty where there are several processes for the cluster. */}}
{{- define "skopos.isReplicated" -}}
{{- if gt (int .Values.replicas) 1 }}true{{ end -}}
{{- end -}}

{{/* Fails for what several processes cannot share. */}}
{{- define "skopos.checkReplicas" -}}
{{- if and .Values.persistence.enabled .Values.persistence.existingClaim -}}
{{- fail "persistence.existingClaim: each of several replicas has a data folder of its own, so one claim does not do; leave it out" -}}
{{- end -}}
{{- $isTold := or .Values.alertmanagerConfig .Values.alertmanagerConfigSecret.name -}}
{{- $isShared := or (dig "alerting" "peers" "" .Values.config) (eq (dig "replicas" "share" false .Values.config | toString) "true") -}}
{{- if and $isTold (not $isShared) -}}
{{- fail "replicas: each would send every notification. Let them take turns (config.alerting.peers), or share the namespaces out (config.replicas.share): docs/high-availability.md" -}}
{{- end -}}
{{- end -}}

{{/* What is asked of a volume, for a claim of its own or one of each replica. */}}
{{- define "skopos.claim" -}}
accessModes:
  {{- toYaml .Values.persistence.accessModes | nindent 2 }}
{{- with .Values.persistence.storageClass }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.persistence.size }}
{{- end -}}

{{/* The Secret with certificates of the webhook, which several replicas have to share; empty where there is none. */}}
{{- define "skopos.certificateSecret" -}}
{{- $isNeeded := and (include "skopos.isReplicated" .) (hasKey .Values.config "admission") -}}
{{- dig "admission" "certificates" "secret" (ternary (printf "%s-admission" (include "skopos.fullname" .)) "" (not (empty $isNeeded))) .Values.config -}}
{{- end -}}

{{/* A file of the configuration, that may be given as text or as YAML. */}}
{{- define "skopos.text" -}}
{{- if kindIs "string" . -}}{{ . }}{{- else -}}{{ toYaml . }}{{- end -}}
{{- end -}}

{{/* skopos.yaml: what the values say, and where the chart puts things. */}}
{{- define "skopos.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $folder := "/etc/skopos/files" -}}
{{- $forced := dict "listen" ":9600" "data" "/var/lib/skopos" "api_token_file" "/etc/skopos/api-token/token" "source" (dict "in_cluster" true) "log_level" .Values.logLevel -}}
{{- $alerting := dict -}}
{{- if .Values.alertmanagerConfigSecret.name -}}
{{- $_ := set $alerting "config" "/etc/skopos/alertmanager/alertmanager.yml" -}}
{{- else if .Values.alertmanagerConfig -}}
{{- $_ := set $alerting "config" (printf "%s/alertmanager.yml" $folder) -}}
{{- end -}}
{{- $posture := dict "exceptions" (list (printf "%s/skopos-exceptions.yaml" $folder)) -}}
{{- with .Values.controlInputs -}}{{- $_ := set $posture "control_inputs" (printf "%s/control-inputs.yaml" $folder) -}}{{- end -}}
{{- range $name := keys .Values.exceptions | sortAlpha -}}
{{- $_ := set $posture "exceptions" (append $posture.exceptions (printf "%s/%s" $folder $name)) -}}
{{- end -}}
{{- range $name := keys .Values.policies | sortAlpha -}}
{{- $_ := set $posture "policies" (append (default list $posture.policies) (printf "%s/%s" $folder $name)) -}}
{{- end -}}
{{- $rules := dict -}}
{{- range $name := keys .Values.rules | sortAlpha -}}
{{- $_ := set $rules "files" (append (default list $rules.files) (printf "%s/%s" $folder $name)) -}}
{{- end -}}
{{- $metrics := dict -}}
{{- if include "skopos.prometheusConfig" . -}}{{- $_ := set $metrics "prometheus_config" (printf "%s/prometheus.yml" $folder) -}}{{- end -}}
{{- if and .Values.node.enabled (not (hasKey $config "host")) -}}{{- $_ := set $forced "host" (include "skopos.nodeFacts" . | fromYaml) -}}{{- end -}}
{{- $replicas := dict -}}
{{- if include "skopos.isReplicated" . -}}
{{- $_ := set $replicas "name" (dig "replicas" "name" (include "skopos.fullname" .) $config) -}}
{{- with include "skopos.certificateSecret" . -}}{{- $_ := set $forced "admission" (dict "certificates" (dict "secret" .)) -}}{{- end -}}
{{- end -}}
{{- range $section, $own := dict "replicas" $replicas "alerting" $alerting "posture" $posture "rules" $rules "metrics" $metrics -}}
{{- if $own -}}{{- $_ := set $forced $section $own -}}{{- end -}}
{{- end -}}
{{- toYaml (mustMergeOverwrite $config $forced) -}}
{{- end -}}

{{/* "true" where config.metrics.kubelet is on. */}}
{{- define "skopos.scrapesKubelets" -}}
{{- $metrics := default dict .Values.config.metrics -}}
{{- if not (has (get $metrics "kubelet" | toString) (list "" "false" "<nil>")) -}}true{{- end -}}
{{- end -}}

{{/* The rules of the ClusterRole: what is always watched, and what the frameworks, scrapes and monitors of the configuration add. */}}
{{- define "skopos.rules" -}}
{{- $known := .Files.Get "files/permissions.yaml" | fromYaml -}}
{{- $posture := default dict .Values.config.posture -}}
{{- $controls := dict -}}
{{- range $name := default (list "NSA") $posture.frameworks -}}
{{- $framework := lower $name -}}
{{- if not (hasKey $known.frameworks $framework) -}}{{- fail (printf "config.posture.frameworks: there is no framework %q" $name) -}}{{- end -}}
{{- range get $known.frameworks $framework -}}{{- $_ := set $controls . true -}}{{- end -}}
{{- end -}}
{{- range $id := default list $posture.exclude_controls -}}{{- $_ := unset $controls (upper $id) -}}{{- end -}}
{{- $groups := $known.always -}}
{{- $more := list -}}
{{- range $known.byControl -}}
{{- $one := . -}}
{{- range .controls -}}{{- if hasKey $controls . -}}{{- $more = append $more (dict $one.group (list $one.resource)) -}}{{- end -}}{{- end -}}
{{- end -}}
{{- $metrics := default dict .Values.config.metrics -}}
{{- $monitors := hasKey $metrics "operator" -}}
{{- $scrapes := include "skopos.prometheusConfig" . | contains "kubernetes_sd_configs" -}}
{{- if or $scrapes $monitors -}}{{- $more = append $more $known.targets -}}{{- end -}}
{{- if $monitors -}}{{- $more = append $more $known.monitors -}}{{- end -}}
{{- if hasKey .Values.config "state" -}}
{{- $state := default dict .Values.config.state -}}
{{- if ne (get $state "enabled" | toString) "false" -}}
{{- range $known.state -}}
{{- $isNamed := ternary (has .resource (default list $state.resources)) .isDefault (hasKey $state "resources") -}}
{{- if and $isNamed (not (has .resource (default list $state.exclude_resources))) -}}
{{- $more = append $more (dict .group (list .resource)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $more -}}
{{- range $group, $resources := . -}}
{{- $_ := set $groups $group (concat (default list (get $groups $group)) $resources) -}}
{{- end -}}
{{- end -}}
{{- range $group := keys $groups | sortAlpha }}
- apiGroups: [{{ $group | quote }}]
  resources: {{ get $groups $group | uniq | sortAlpha | toJson }}
  verbs: ["list", "watch"]
{{- end }}
{{- if include "skopos.scrapesKubelets" . }}
- apiGroups: [""]
  resources: ["nodes/metrics"]
  verbs: ["get"]
{{- end }}
{{- $admission := default dict .Values.config.admission -}}
{{- if and (hasKey .Values.config "admission") (ne (dig "certificates" "patch_webhook" true $admission | toString) "false") }}
- apiGroups: ["admissionregistration.k8s.io"]
  resources: ["validatingwebhookconfigurations"]
  resourceNames: [{{ default "skopos" $admission.webhook | quote }}]
  verbs: ["get", "patch"]
{{- end }}
{{- if and (include "skopos.scansImages" .) (eq (dig "images" "pull_secrets" false .Values.config | toString) "true") }}
- apiGroups: [""]
  resources: ["secrets"]
  verbs: ["get"]
{{- end }}
{{- if eq (dig "results" "events" false .Values.config | toString) "true" }}
- apiGroups: ["events.k8s.io"]
  resources: ["events"]
  verbs: ["create"]
{{- end }}
{{- if eq (dig "results" "policy_reports" false .Values.config | toString) "true" }}
- apiGroups: ["wgpolicyk8s.io"]
  resources: ["clusterpolicyreports", "policyreports"]
  verbs: ["create", "patch"]
{{- end }}
{{- with .Values.rbac.extraRules }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Not empty where the images of running containers are scanned: where it is said, or vulnerability data is set up. */}}
{{- define "skopos.scansImages" -}}
{{- $images := default dict .Values.config.images -}}
{{- $database := default dict $images.database -}}
{{- if ternary $images.scan (or $database.update $database.folder) (hasKey $images "scan") }}true{{ end -}}
{{- end -}}

{{/* The rules of the Role in the own namespace; empty when nothing is needed there. */}}
{{- define "skopos.ownRules" -}}
{{- $secret := include "skopos.certificateSecret" . -}}
{{- if eq (dig "operator" "schedules" "" .Values.config) "cronjobs" }}
- apiGroups: [""]
  resources: ["configmaps"]
  verbs: ["create", "delete", "get", "update"]
- apiGroups: ["batch"]
  resources: ["cronjobs"]
  verbs: ["create", "delete", "get", "list", "update"]
{{- end }}
{{- if or (hasKey .Values.config "replicas") (include "skopos.isReplicated" .) }}
- apiGroups: ["coordination.k8s.io"]
  resources: ["leases"]
  verbs: ["create", "delete", "get", "list", "update"]
{{- end }}
{{- $ruleMaps := dig "images" "rule_config_maps" list .Values.config -}}
{{- if and (include "skopos.scansImages" .) $ruleMaps }}
- apiGroups: [""]
  resources: ["configmaps"]
  resourceNames: {{ $ruleMaps | uniq | sortAlpha | toJson }}
  verbs: ["get"]
{{- end }}
{{- if $secret }}
- apiGroups: [""]
  resources: ["secrets"]
  verbs: ["create"]
- apiGroups: [""]
  resources: ["secrets"]
  resourceNames: [{{ $secret | quote }}]
  verbs: ["get", "update"]
{{- end }}
{{- end -}}

{{/* The port of config.admission.listen. */}}
{{- define "skopos.admissionPort" -}}
{{- dig "admission" "listen" "0.0.0.0:9643" .Values.config | regexFind "[0-9]+$" -}}
{{- end -}}

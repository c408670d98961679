{{/* The pods of `skopos node` are not those of Skopos: no selector may mean both. */}}
{{- define "skopos.nodeName" -}}
{{- printf "%s-node" (include "skopos.fullname" .) -}}
{{- end -}}

{{- define "skopos.nodeSelectorLabels" -}}
app.kubernetes.io/name: {{ printf "%s-node" (default .Chart.Name .Values.nameOverride | trunc 58 | trimSuffix "-") }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "skopos.nodeLabels" -}}
{{ include "skopos.nodeSelectorLabels" . }}
app: {{ include "skopos.nodeName" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: node
app.kubernetes.io/part-of: skopos
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "skopos.nodeMetadata" -}}
name: {{ include "skopos.nodeName" . }}
namespace: {{ include "skopos.namespace" . }}
labels:
  {{- include "skopos.nodeLabels" . | nindent 2 }}
{{- end -}}

{{- define "skopos.nodeTokenSecret" -}}
{{- default (printf "%s-token" (include "skopos.nodeName" .)) .Values.node.token.existingSecret -}}
{{- end -}}

{{/* The user's prometheus.yml, with the scrapes of the node processes where there are any. Empty when there is nothing. */}}
{{- define "skopos.prometheusConfig" -}}
{{- if not .Values.node.enabled -}}
{{- with .Values.prometheusConfig -}}{{ include "skopos.text" . }}{{- end -}}
{{- else -}}
{{- $config := include "skopos.text" (default dict .Values.prometheusConfig) | fromYaml -}}
{{- $own := include "skopos.nodeScrapes" . | fromYamlArray -}}
{{- $_ := set $config "scrape_configs" (concat (default list $config.scrape_configs) $own) -}}
{{- toYaml $config -}}
{{- end -}}
{{- end -}}

{{/* Scrape sections with the labels that kube-prometheus' rules ask for. */}}
{{- define "skopos.nodeScrapes" -}}
{{- $context := . -}}
- job_name: node-exporter
  {{- include "skopos.nodeTargets" . | nindent 2 }}
    - target_label: instance
      source_labels: [__meta_kubernetes_pod_node_name]
{{- if include "skopos.nodeContainers" . }}
- job_name: node-containers
  metrics_path: /metrics/cadvisor
  # The labels are those of the container that is told of.
  honor_labels: true
  {{- include "skopos.nodeTargets" . | nindent 2 }}
    - target_label: job
      replacement: kubelet
    - target_label: metrics_path
      source_labels: [__metrics_path__]
    - target_label: node
      source_labels: [__meta_kubernetes_pod_node_name]
{{- end }}
{{- end -}}

{{- define "skopos.nodeTargets" -}}
authorization:
  credentials_file: /etc/skopos/node-token/token
kubernetes_sd_configs:
  - role: pod
    namespaces:
      names: [{{ include "skopos.namespace" . }}]
relabel_configs:
  - action: keep
    source_labels:
      - __meta_kubernetes_pod_label_app_kubernetes_io_name
      - __meta_kubernetes_pod_label_app_kubernetes_io_instance
      - __meta_kubernetes_pod_container_port_name
    regex: {{ printf "%s-node;%s;node" (default .Chart.Name .Values.nameOverride | trunc 58 | trimSuffix "-") .Release.Name }}
{{- end -}}

{{/* "true" unless the kubelets tell of the containers already: each series is to be there once. */}}
{{- define "skopos.nodeContainers" -}}
{{- $kubelet := get (default dict .Values.config.metrics) "kubelet" -}}
{{- $fromKubelet := and (include "skopos.scrapesKubelets" .) (not (and (kindIs "map" $kubelet) (eq (get $kubelet "containers" | toString) "false"))) -}}
{{- if and .Values.node.containers (not $fromKubelet) -}}true{{- end -}}
{{- end -}}

{{/* `host:` of skopos.yaml: how the node processes are asked for what controls judge of hosts. */}}
{{- define "skopos.nodeFacts" -}}
pods:
  namespace: {{ include "skopos.namespace" . }}
  labels:
    {{- include "skopos.nodeSelectorLabels" . | nindent 4 }}
  port: {{ .Values.node.port }}
http_config:
  authorization:
    credentials_file: /etc/skopos/node-token/token
{{- end -}}

/**
 * The templates that configurations refer to by name, ours under the names that Alertmanager's have, so that a file
 * which says `{{ template "slack.default.title" . }}` works as it is. They state the same facts in our own words.
 */

const shared = `
{{- define "__alertmanager" }}Alertmanager{{ end }}
{{- define "__alertmanagerURL" }}{{ .ExternalURL }}/#/alerts?receiver={{ urlquery .Receiver }}{{ end }}
{{- define "__description" }}{{ end }}
{{- define "__subject" -}}
  [{{ toUpper .Status }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}]
  {{- with .GroupLabels.Values }} {{ join " " . }}{{ end }}
  {{- with .CommonLabels.Remove .GroupLabels.Names }} ({{ join " " .Values }}){{ end }}
{{- end }}
{{- define "__text_alert_list" -}}
  {{- range . }}Labels:
{{ range .Labels.SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}{{ if .Annotations }}Annotations:
{{ range .Annotations.SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}{{ end }}{{ with .GeneratorURL }}Source: {{ . }}
{{ end }}
{{- end }}
{{- end }}
{{- define "__text_alert_list_markdown" -}}
  {{- range . }}
**Labels**
{{ range .Labels.SortedPairs }}- {{ .Name }}: {{ .Value }}
{{ end }}{{ if .Annotations }}
**Annotations**
{{ range .Annotations.SortedPairs }}- {{ .Name }}: {{ .Value }}
{{ end }}{{ end }}{{ with .GeneratorURL }}
[Source]({{ . }})
{{ end }}
  {{- end }}
{{- end }}
{{- define "__skopos_text" -}}
  {{- with .CommonAnnotations.Values }}{{ join " " . }}
{{ end }}
  {{- with .Alerts.Firing }}
Firing:
{{ template "__text_alert_list" . }}{{ end }}
  {{- with .Alerts.Resolved }}
Resolved:
{{ template "__text_alert_list" . }}{{ end }}
{{- end }}
{{- define "__skopos_markdown" -}}
  {{- with .Alerts.Firing }}# Firing
{{ template "__text_alert_list_markdown" . }}{{ end }}
  {{- with .Alerts.Resolved }}# Resolved
{{ template "__text_alert_list_markdown" . }}{{ end }}
{{- end }}
{{- define "__skopos_color" }}{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}{{ end }}
`;

/** What an issue tracker files it under: the worst severity among the alerts that fire, else among the resolved. */
const priority = `
{{- define "__skopos_priority" -}}
  {{- $worst := "" }}
  {{- range . }}
    {{- if eq .Labels.severity "critical" }}{{ $worst = "High" }}
    {{- else if and (eq .Labels.severity "warning") (ne $worst "High") }}{{ $worst = "Medium" }}
    {{- else if and (eq .Labels.severity "info") (eq $worst "") }}{{ $worst = "Low" }}
    {{- end }}
  {{- end }}
  {{- $worst }}
{{- end }}
{{- define "jira.default.priority" -}}
  {{- if .Alerts.Firing }}{{ template "__skopos_priority" .Alerts.Firing }}
  {{- else }}{{ template "__skopos_priority" .Alerts.Resolved }}{{ end }}
{{- end }}
`;

const email = `
{{- define "email.default.text" }}{{ template "__subject" . }}

{{ template "__skopos_text" . }}
{{ template "__alertmanagerURL" . }}
{{ end }}
{{- define "__skopos_email_alerts" }}
{{- range . }}
<tr><td style="padding: 16px 24px; border-top: 1px solid #e3e6ea; font: 14px/1.5 sans-serif; color: #1f2933;">
<table cellpadding="0" cellspacing="0" width="100%">
{{- range .Labels.SortedPairs }}
<tr><td width="35%" valign="top" style="color: #616e7c;">{{ .Name }}</td><td>{{ .Value }}</td></tr>
{{- end }}
{{- range .Annotations.SortedPairs }}
<tr><td width="35%" valign="top" style="color: #616e7c;"><i>{{ .Name }}</i></td><td>{{ .Value }}</td></tr>
{{- end }}
</table>
{{- with .GeneratorURL }}
<a href="{{ . }}" style="color: #0b69a3;">Source</a>
{{- end }}
</td></tr>
{{- end }}
{{- end }}
{{- define "email.default.html" }}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ template "__subject" . }}</title>
</head>
<body style="margin: 0; background: #f0f2f5;">
<table cellpadding="0" cellspacing="0" width="100%"><tr><td align="center" style="padding: 24px 8px;">
<table cellpadding="0" cellspacing="0" width="600" style="max-width: 600px; background: #ffffff;">
{{- if eq .Status "firing" }}
<tr><td style="padding: 16px 24px; background: #ba2525; color: #ffffff; font: bold 16px/1.5 sans-serif;">
{{- else }}
<tr><td style="padding: 16px 24px; background: #27774b; color: #ffffff; font: bold 16px/1.5 sans-serif;">
{{- end }}
{{ len .Alerts }} {{ if eq (len .Alerts) 1 }}alert{{ else }}alerts{{ end }}
{{- with .GroupLabels.SortedPairs }} for {{ range $i, $pair := . }}{{ if $i }}, {{ end }}{{ $pair.Name }}={{ $pair.Value }}{{ end }}{{ end }}
</td></tr>
<tr><td style="padding: 16px 24px; font: 14px/1.5 sans-serif;"><a href="{{ template "__alertmanagerURL" . }}" style="color: #0b69a3;">View in {{ template "__alertmanager" . }}</a></td></tr>
{{- with .Alerts.Firing }}
<tr><td style="padding: 8px 24px; font: bold 14px/1.5 sans-serif;">{{ len . }} firing</td></tr>
{{- template "__skopos_email_alerts" . }}
{{- end }}
{{- with .Alerts.Resolved }}
<tr><td style="padding: 8px 24px; font: bold 14px/1.5 sans-serif;">{{ len . }} resolved</td></tr>
{{- template "__skopos_email_alerts" . }}
{{- end }}
<tr><td style="padding: 16px 24px; border-top: 1px solid #e3e6ea; color: #616e7c; font: 12px/1.5 sans-serif;">Sent by <a href="{{ .ExternalURL }}" style="color: #616e7c;">{{ template "__alertmanager" . }}</a></td></tr>
</table>
</td></tr></table>
</body>
</html>
{{ end }}
`;

/** Which template each name stands for; '' is an empty one. */
const names: Readonly<Record<string, string>> = {
  'email.default.subject': '__subject',
  'slack.default.title': '__subject',
  'slack.default.username': '__alertmanager',
  'slack.default.titlelink': '__alertmanagerURL',
  'slack.default.color': '__skopos_color',
  'slack.default.callbackid': '',
  'slack.default.pretext': '',
  'slack.default.iconemoji': '',
  'slack.default.iconurl': '',
  'slack.default.text': '',
  'slack.default.footer': '',
  'pagerduty.default.description': '__subject',
  'pagerduty.default.client': '__alertmanager',
  'pagerduty.default.clientURL': '__alertmanagerURL',
  'opsgenie.default.message': '__subject',
  'opsgenie.default.description': '__skopos_text',
  'opsgenie.default.source': '__alertmanagerURL',
  'wechat.default.to_user': '',
  'wechat.default.to_party': '',
  'wechat.default.to_tag': '',
  'wechat.default.agent_id': '',
  'victorops.default.state_message': '__skopos_text',
  'victorops.default.entity_display_name': '__subject',
  'victorops.default.monitoring_tool': '__alertmanager',
  'pushover.default.title': '__subject',
  'pushover.default.message': '__skopos_text',
  'pushover.default.url': '__alertmanagerURL',
  'sns.default.subject': '__subject',
  'sns.default.message': '__skopos_text',
  'telegram.default.message': '__skopos_text',
  'discord.default.content': '',
  'discord.default.title': '__subject',
  'discord.default.message': '__skopos_text',
  'webex.default.message': '__skopos_text',
  'msteams.default.summary': '__subject',
  'msteams.default.title': '__subject',
  'msteams.default.text': '__skopos_markdown',
  'msteamsv2.default.title': '__subject',
  'msteamsv2.default.text': '__skopos_markdown',
  'jira.default.summary': '__subject',
  'jira.default.description': '__skopos_markdown',
  'rocketchat.default.title': '__subject',
  'rocketchat.default.alias': '__alertmanager',
  'rocketchat.default.titlelink': '__alertmanagerURL',
  'rocketchat.default.emoji': '',
  'rocketchat.default.iconurl': '',
  'rocketchat.default.text': '',
  'mattermost.default.color': '__skopos_color',
  'mattermost.default.username': '__alertmanager',
  'mattermost.default.title': '__subject',
  'mattermost.default.titlelink': '__alertmanagerURL',
  'mattermost.default.text': '__skopos_markdown',
};

const composed = `
{{- define "slack.default.fallback" }}{{ template "__subject" . }} | {{ template "__alertmanagerURL" . }}{{ end }}
{{- define "mattermost.default.fallback" }}{{ template "__subject" . }} | {{ template "__alertmanagerURL" . }}{{ end }}
{{- define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}
{{- define "wechat.default.message" }}{{ template "__subject" . }}
{{ template "__skopos_text" . }}
{{ template "__alertmanagerURL" . }}{{ end }}
{{- define "incidentio.default.title" }}{{ template "__subject" . }}{{ end }}
{{- define "incidentio.default.description" }}{{ template "__skopos_text" . }}{{ end }}
`;

const aliases = Object.entries(names)
  .map(
    ([name, target]) =>
      `{{ define "${name}" }}${target === '' ? '' : `{{ template "${target}" . }}`}{{ end }}`,
  )
  .join('\n');

/** The source of all default templates; it parses with Alertmanager's functions. */
export const defaultTemplates: string = [shared, priority, email, composed, aliases].join('\n');

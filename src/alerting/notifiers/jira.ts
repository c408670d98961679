import { z } from 'zod';
import type { HttpClient } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import {
  list,
  optionalDuration,
  optionalFlag,
  optionalText,
  templated,
  text,
  webAddress,
} from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, NotifyError } from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { groupHash } from '../wire/group-hash.ts';
import { JiraProject } from '../wire/jira-project.ts';
import { renderDeep } from '../wire/render-deep.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { fitChars, truncate } from '../wire/truncate.ts';

/** A template, or a template and whether an issue that is there is changed too. */
function updatable(whenLeftOut: string) {
  return z
    .union([text, z.strictObject({ template: optionalText, enable_update: optionalFlag })], {
      error: 'expected a text, or template and enable_update',
    })
    .nullish()
    .transform((value) => ({
      template: (typeof value === 'string' ? value : value?.template) ?? whenLeftOut,
      enable_update: (typeof value === 'string' ? undefined : value?.enable_update) ?? true,
    }));
}

const schema = z.strictObject({
  ...commonHttp,
  api_url: webAddress.nullish(),
  api_type: templated('auto').refine((type) => ['auto', 'cloud', 'datacenter'].includes(type), {
    error: 'expected auto, cloud or datacenter',
  }),
  project: templated().refine((value) => value !== '', { error: 'missing project' }),
  issue_type: templated().refine((value) => value !== '', { error: 'missing issue_type' }),
  summary: updatable('{{ template "jira.default.summary" . }}'),
  description: updatable('{{ template "jira.default.description" . }}'),
  labels: list(text),
  priority: templated('{{ template "jira.default.priority" . }}'),
  reopen_transition: templated(),
  resolve_transition: templated(),
  wont_fix_resolution: templated(),
  reopen_duration: optionalDuration,
  fields: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((fields) => fields ?? {}),
});

type Entry = z.output<typeof schema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  readonly url: string;
}

/** In characters: https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issues/ */
const maxSummaryChars = 255;
const maxDescriptionChars = 32_767;

/** An issue for each group: https://prometheus.io/docs/alerting/latest/configuration/#jira_config */
export const jira = defineNotifier<typeof schema, Settings>({
  name: 'jira',
  sendResolved: true,
  schema,

  inherit(entry, globals) {
    const url = entry.api_url ?? globals.jira_api_url;
    if (!url) throw new BadInputError('', 'no Jira address: give api_url here or jira_api_url under global');
    return { ...entry, api_url: url, http_config: entry.http_config ?? globals.http_config };
  },

  resolve: (entry) => ({
    entry,
    http: checkHttpConfig(entry.http_config),
    url: (entry.api_url ?? '').replace(/\/+$/, ''),
  }),

  templates: ({ entry }) => [
    ...templatesOf(entry, ['project', 'issue_type', 'labels', 'priority', 'fields']),
    ...templatesOf({ summary: entry.summary.template }, ['summary']),
    ...templatesOf({ description: entry.description.template }, ['description']),
  ],

  async send(notification, { entry, http, url }, { http: clientFor, render }, signal) {
    const project = render.text('project', entry.project).trim();
    if (project === '') throw new NotifyError('the project template gave no project', { retryable: false });
    const jiraProject = projectOf(clientFor(http), url, entry);
    const label = `ALERT{${groupHash(notification.groupKey)}}`;
    const isFiring = notification.status === 'firing';
    const known = await jiraProject.find(queryOf(entry, { project, label, isFiring }), signal);
    if (known === undefined && !isFiring) return { note: 'no open issue to resolve', status: 200 };
    const fields = fieldsOf(entry, render, notification, { project, label, isV3: /\/3$/.test(url) });
    if (known === undefined) {
      const key = await jiraProject.create(fields, signal);
      return { note: `created issue ${key}`, status: 201 };
    }
    if (!entry.summary.enable_update) delete fields['summary'];
    if (!entry.description.enable_update) delete fields['description'];
    await jiraProject.update(known.key, fields, signal);
    const transition =
      isFiring === known.isDone ? (isFiring ? entry.reopen_transition : entry.resolve_transition) : '';
    if (transition === '') return { note: `updated issue ${known.key}`, status: 204 };
    await jiraProject.move(known.key, transition, signal);
    return { note: `updated issue ${known.key}: ${transition}`, status: 204 };
  },
});

/**
 * Jira Cloud searches at an address of its own since 2025, which Data Center lacks.
 *
 * Source: https://developer.atlassian.com/changelog/#CHANGE-2046
 */
function projectOf(client: HttpClient, url: string, { api_type: type }: Entry): JiraProject {
  const isCloud = type === 'cloud' || (type === 'auto' && new URL(url).hostname.endsWith('atlassian.net'));
  const search = isCloud ? `${url.replace(/\/rest\/api\/2$/, '/rest/api/3')}/search/jql` : `${url}/search`;
  return new JiraProject(client, url, search);
}

/** The group's issue: an open one or, when it fires again soon enough, one that was resolved. */
function queryOf(
  entry: Entry,
  {
    project,
    label,
    isFiring,
  }: { readonly project: string; readonly label: string; readonly isFiring: boolean },
): string {
  const minutes = Math.floor((entry.reopen_duration ?? 0) / 60_000);
  const canReopen = isFiring && entry.reopen_transition !== '' && minutes > 0;
  return [
    // An issue without a resolution has none that is not this one, in Jira's eyes.
    ...(entry.wont_fix_resolution === ''
      ? []
      : [`(resolution is EMPTY or resolution != ${quoted(entry.wont_fix_resolution)})`]),
    canReopen ? `(resolutiondate is EMPTY OR resolutiondate >= -${minutes}m)` : 'statusCategory != Done',
    `project=${quoted(project)}`,
    `labels=${quoted(label)} order by status ASC,resolutiondate DESC`,
  ].join(' and ');
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`;
}

function fieldsOf(
  entry: Entry,
  render: Renderer,
  notification: Notification,
  { project, label, isV3 }: { readonly project: string; readonly label: string; readonly isV3: boolean },
): Record<string, unknown> {
  const summary = render.text('summary', entry.summary.template, plainTitle(notification));
  const type = render.text('issue_type', entry.issue_type);
  const priority = render.text('priority', entry.priority).trim();
  const labels = entry.labels.map((one, i) => render.text(`labels[${i}]`, one)).filter((one) => one !== '');
  const own = renderDeep(entry.fields, (template, path) =>
    template.includes('{{') ? render.text(`fields.${path}`, template) : template,
  );
  const description = render.text('description', entry.description.template, plainBody(notification));
  const shown = fitChars(description, render.notice(), maxDescriptionChars);
  return {
    project: { key: project },
    issuetype: { name: type },
    // A line break is not allowed in a summary.
    summary: truncate(summary.replace(/[\r\n]+/g, ' ').trim(), maxSummaryChars),
    labels: [...labels, label].sort(),
    ...(priority === '' ? {} : { priority: { name: priority } }),
    ...(shown.trim() === '' ? {} : { description: isV3 ? documentOf(shown.trim()) : shown }),
    ...(own as object),
  };
}

/**
 * Version 3 takes a document, as JSON. A template may give one; a text becomes one.
 *
 * Source: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
function documentOf(description: string): unknown {
  if (description.startsWith('{')) {
    try {
      return JSON.parse(description) as unknown;
    } catch {
      // A text that only begins like one.
    }
  }
  return {
    type: 'doc',
    version: 1,
    content: description
      .split(/\n{2,}/)
      .filter((part) => part.trim() !== '')
      .map((part) => ({
        type: 'paragraph',
        content: part
          .split('\n')
          .flatMap((line, i) => [
            ...(i > 0 ? [{ type: 'hardBreak' }] : []),
            ...(line === '' ? [] : [{ type: 'text', text: line }]),
          ]),
      })),
  };
}

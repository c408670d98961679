import type { NotifierKind } from '../notifier.ts';
import { email } from './email.ts';
import { inbox } from './inbox.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** Every kind of receiver there is, in order of name: the keys of `alertmanager.yml`, their schemas and their sending. */
export const notifiers: readonly NotifierKind[] = [email, inbox, slack, webhook];

/** Kinds that Alertmanager has and we do not yet: refused by name rather than as a typing mistake. */
export const unsupportedKinds: readonly string[] = [
  'discord',
  'incidentio',
  'jira',
  'mattermost',
  'msteams',
  'msteamsv2',
  'opsgenie',
  'pagerduty',
  'pushover',
  'rocketchat',
  'sns',
  'telegram',
  'victorops',
  'webex',
  'wechat',
];

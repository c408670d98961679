import type { NotifierKind } from '../notifier.ts';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { inbox } from './inbox.ts';
import { incidentio } from './incidentio.ts';
import { jira } from './jira.ts';
import { mattermost } from './mattermost.ts';
import { msteams } from './msteams.ts';
import { msteamsv2 } from './msteamsv2.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { pushover } from './pushover.ts';
import { rocketchat } from './rocketchat.ts';
import { slack } from './slack.ts';
import { sns } from './sns.ts';
import { telegram } from './telegram.ts';
import { victorops } from './victorops.ts';
import { webex } from './webex.ts';
import { webhook } from './webhook.ts';
import { wechat } from './wechat.ts';

/** Every kind of receiver there is, in order of name: the keys of `alertmanager.yml`, their schemas and their sending. */
export const notifiers: readonly NotifierKind[] = [
  discord,
  email,
  inbox,
  incidentio,
  jira,
  mattermost,
  msteams,
  msteamsv2,
  opsgenie,
  pagerduty,
  pushover,
  rocketchat,
  slack,
  sns,
  telegram,
  victorops,
  webex,
  webhook,
  wechat,
];

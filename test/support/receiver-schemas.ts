/**
 * What services accept, written from their public documentation (the address stands with each), strict: a key that the page does
 * not name is a mistake. Limits are those of the pages; JSON Schema counts characters as code points.
 */
type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const filled = { type: 'string', minLength: 1 };
const flag = { type: 'boolean' };
const limited = (maxLength: number): Schema => ({ type: 'string', maxLength });
const list = (items: Schema, maxItems?: number): Schema => ({
  type: 'array',
  items,
  ...(maxItems === undefined ? {} : { maxItems }),
});
const exactly = (properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const texts = { type: 'object', additionalProperties: text };
const web = { type: 'string', format: 'uri', pattern: '^https?://' };

/** https://docs.discord.com/developers/resources/webhook#execute-webhook and …/message#embed-object */
const discord = exactly(
  {
    content: limited(2000),
    username: limited(80),
    avatar_url: web,
    embeds: list(
      exactly(
        {
          title: limited(256),
          description: limited(4096),
          color: { type: 'integer', minimum: 0, maximum: 0xff_ff_ff },
        },
        ['title', 'description'],
      ),
      10,
    ),
  },
  ['embeds'],
);

const webhookAlert = exactly(
  {
    status: { enum: ['firing', 'resolved'] },
    labels: texts,
    annotations: texts,
    startsAt: { type: 'string', format: 'date-time' },
    endsAt: { type: 'string', format: 'date-time' },
    generatorURL: text,
    fingerprint: filled,
  },
  ['status', 'labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL', 'fingerprint'],
);

const webhookKeys = {
  groupKey: filled,
  truncatedAlerts: { type: 'integer', minimum: 0 },
  status: { enum: ['firing', 'resolved'] },
  notification_reason: text,
  receiver: filled,
  groupLabels: texts,
  commonLabels: texts,
  commonAnnotations: texts,
  routeLabels: texts,
  externalURL: text,
  alerts: list(webhookAlert),
};

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const webhook = exactly({ version: { const: '4' }, ...webhookKeys }, [
  'version',
  ...Object.keys(webhookKeys),
]);

/** https://docs.incident.io/integrations/prometheus */
const incidentio = exactly({ version: { const: '1' }, ...webhookKeys }, [
  'version',
  ...Object.keys(webhookKeys),
]);

/** https://developer.atlassian.com/server/jira/platform/rest/v10000/api-group-issue/ */
const jiraV2 = exactly(
  {
    fields: {
      type: 'object',
      properties: {
        project: exactly({ key: filled }, ['key']),
        issuetype: exactly({ name: filled }, ['name']),
        summary: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^\\n]*$' },
        description: limited(32_767),
        labels: list({ type: 'string', maxLength: 255, pattern: '^\\S+$' }),
        priority: exactly({ name: filled }, ['name']),
      },
      required: ['project', 'issuetype', 'summary', 'labels'],
      additionalProperties: false,
    },
  },
  ['fields'],
);

/** https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */
export const atlassianDocument = exactly(
  {
    type: { const: 'doc' },
    version: { const: 1 },
    content: list(
      exactly(
        {
          type: { const: 'paragraph' },
          content: list({
            oneOf: [
              exactly({ type: { const: 'text' }, text: filled }, ['type', 'text']),
              exactly({ type: { const: 'hardBreak' } }, ['type']),
            ],
          }),
        },
        ['type', 'content'],
      ),
    ),
  },
  ['type', 'version', 'content'],
);

const attachmentField = exactly({ title: filled, value: text, short: flag }, ['title', 'value']);

/** https://developers.mattermost.com/integrate/webhooks/incoming/#parameters and …/reference/message-attachments/ */
const mattermost = exactly(
  {
    text: limited(16_383),
    channel: text,
    username: text,
    icon_url: text,
    icon_emoji: text,
    type: { type: 'string', pattern: '^custom_' },
    props: exactly({ card: text }, ['card']),
    priority: exactly(
      {
        priority: { enum: ['standard', 'important', 'urgent'] },
        requested_ack: flag,
        persistent_notifications: flag,
      },
      ['priority'],
    ),
    attachments: list(
      exactly(
        {
          ...Object.fromEntries(
            [
              'fallback',
              'color',
              'pretext',
              'author_name',
              'author_link',
              'author_icon',
              'title',
              'title_link',
            ]
              .concat(['thumb_url', 'footer', 'footer_icon', 'image_url'])
              .map((key) => [key, text]),
          ),
          text: limited(16_383),
          fields: list(attachmentField),
        },
        [],
      ),
    ),
  },
  [],
);

/** https://learn.microsoft.com/en-us/outlook/actionable-messages/message-card-reference */
const msteams = exactly(
  {
    '@context': { enum: ['http://schema.org/extensions', 'https://schema.org/extensions'] },
    '@type': { const: 'MessageCard' },
    title: text,
    summary: filled,
    text: text,
    themeColor: { type: 'string', pattern: '^[0-9A-F]{6}$' },
  },
  ['@type', '@context', 'summary', 'text'],
);

/** https://learn.microsoft.com/en-us/connectors/teams/#adaptivecarditemschema and https://adaptivecards.io/explorer/TextBlock.html */
const textBlock = exactly(
  {
    type: { const: 'TextBlock' },
    text,
    weight: { enum: ['Default', 'Lighter', 'Bolder'] },
    size: { enum: ['Small', 'Default', 'Medium', 'Large', 'ExtraLarge'] },
    wrap: flag,
    style: { enum: ['default', 'heading', 'columnHeader'] },
    color: { enum: ['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'] },
  },
  ['type', 'text'],
);

const msteamsv2 = exactly(
  {
    type: { const: 'message' },
    attachments: list(
      exactly(
        {
          contentType: { const: 'application/vnd.microsoft.card.adaptive' },
          contentUrl: { type: 'null' },
          content: exactly(
            {
              $schema: { const: 'http://adaptivecards.io/schemas/adaptive-card.json' },
              type: { const: 'AdaptiveCard' },
              version: { type: 'string', pattern: '^1\\.\\d$' },
              body: list(textBlock),
              msteams: exactly({ width: { const: 'full' } }, ['width']),
            },
            ['type', 'version', 'body'],
          ),
        },
        ['contentType', 'content'],
      ),
    ),
  },
  ['type', 'attachments'],
);

/** https://docs.opsgenie.com/docs/alert-api#create-alert */
const opsgenie = exactly(
  {
    message: { type: 'string', minLength: 1, maxLength: 130 },
    alias: limited(512),
    description: limited(15_000),
    responders: list(
      exactly(
        {
          id: text,
          name: text,
          username: text,
          type: { enum: ['team', 'user', 'escalation', 'schedule'] },
        },
        ['type'],
      ),
      50,
    ),
    actions: list(limited(50), 10),
    tags: list(limited(50), 20),
    details: texts,
    entity: limited(512),
    source: limited(100),
    priority: { enum: ['P1', 'P2', 'P3', 'P4', 'P5'] },
    note: limited(25_000),
  },
  ['message'],
);

/** https://developer.pagerduty.com/docs/send-alert-event */
const pagerduty = exactly(
  {
    routing_key: filled,
    event_action: { enum: ['trigger', 'acknowledge', 'resolve'] },
    dedup_key: limited(255),
    client: text,
    client_url: web,
    payload: exactly(
      {
        summary: { type: 'string', minLength: 1, maxLength: 1024 },
        source: filled,
        severity: { enum: ['critical', 'warning', 'error', 'info'] },
        timestamp: { type: 'string', format: 'date-time' },
        component: text,
        group: text,
        class: text,
        custom_details: { type: 'object' },
      },
      ['summary', 'source', 'severity'],
    ),
    images: list(exactly({ src: web, href: web, alt: text }, ['src'])),
    links: list(exactly({ href: web, text }, ['href'])),
  },
  ['routing_key', 'event_action', 'payload'],
);

/** https://developer.pagerduty.com/docs/trigger-event (version 1) */
export const pagerdutyV1 = exactly(
  {
    service_key: filled,
    event_type: { enum: ['trigger', 'acknowledge', 'resolve'] },
    incident_key: limited(255),
    description: { type: 'string', minLength: 1, maxLength: 1024 },
    details: { type: 'object' },
    client: text,
    client_url: web,
  },
  ['service_key', 'event_type', 'description'],
);

/** https://pushover.net/api#messages; a form, so that all are texts */
const pushover = {
  ...exactly(
    {
      token: filled,
      user: filled,
      message: { type: 'string', minLength: 1, maxLength: 1024 },
      title: limited(250),
      url: limited(512),
      url_title: limited(100),
      device: text,
      sound: text,
      priority: { enum: ['-2', '-1', '0', '1', '2'] },
      retry: { type: 'string', pattern: '^\\d+$' },
      expire: { type: 'string', pattern: '^\\d+$' },
      ttl: { type: 'string', pattern: '^[1-9]\\d*$' },
      html: { const: '1' },
      monospace: { const: '1' },
    },
    ['token', 'user', 'message'],
  ),
  if: { properties: { priority: { const: '2' } }, required: ['priority'] },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word.
  then: { required: ['retry', 'expire'] },
  else: { properties: { retry: false, expire: false } },
};

/** https://developer.rocket.chat/apidocs/post-message */
const rocketchat = exactly(
  {
    channel: text,
    roomId: text,
    text,
    alias: text,
    emoji: text,
    avatar: text,
    attachments: list(
      exactly(
        {
          title: limited(1024),
          title_link: text,
          text,
          image_url: text,
          thumb_url: text,
          color: text,
          fields: list(exactly({ short: flag, title: filled, value: filled }, ['title', 'value'])),
          actions: list(exactly({ type: { const: 'button' }, text, url: text, msg: text }, ['type'])),
        },
        [],
      ),
    ),
  },
  ['attachments'],
);

/** https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments and …/methods/chat.postMessage */
const slack = exactly(
  {
    channel: text,
    ts: text,
    username: text,
    icon_emoji: text,
    icon_url: text,
    link_names: flag,
    text: limited(40_000),
    attachments: list(
      exactly(
        {
          title: limited(1024),
          title_link: text,
          pretext: text,
          text,
          fallback: text,
          callback_id: text,
          fields: list(exactly({ title: text, value: text, short: flag }, ['title', 'value'])),
          actions: list({ type: 'object', required: ['type', 'text'] }),
          image_url: text,
          thumb_url: text,
          footer: text,
          color: text,
          mrkdwn_in: list({ enum: ['pretext', 'text', 'fields', 'fallback'] }),
        },
        [],
      ),
    ),
  },
  ['attachments'],
);

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const sns = {
  type: 'object',
  properties: {
    Action: { const: 'Publish' },
    Version: { const: '2010-03-31' },
    TopicArn: { type: 'string', pattern: '^arn:' },
    TargetArn: { type: 'string', pattern: '^arn:' },
    PhoneNumber: { type: 'string', pattern: '^\\+\\d+$' },
    Message: filled,
    Subject: { type: 'string', minLength: 1, maxLength: 99, pattern: '^[^\\x00-\\x1f]+$' },
    MessageGroupId: { type: 'string', maxLength: 128, pattern: '^[\\x21-\\x7e]+$' },
    MessageDeduplicationId: { type: 'string', maxLength: 128, pattern: '^[\\x21-\\x7e]+$' },
  },
  patternProperties: {
    '^MessageAttributes\\.entry\\.\\d+\\.(Name|Value\\.DataType|Value\\.StringValue)$': filled,
  },
  required: ['Action', 'Version', 'Message'],
  oneOf: [{ required: ['TopicArn'] }, { required: ['TargetArn'] }, { required: ['PhoneNumber'] }],
  additionalProperties: false,
};

/** https://core.telegram.org/bots/api#sendmessage */
const telegram = exactly(
  {
    chat_id: { type: 'integer' },
    message_thread_id: { type: 'integer' },
    text: { type: 'string', minLength: 1, maxLength: 4096 },
    parse_mode: { enum: ['Markdown', 'MarkdownV2', 'HTML'] },
    link_preview_options: exactly({ is_disabled: flag }, []),
    disable_notification: flag,
  },
  ['chat_id', 'text'],
);

/** https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/ */
const victorops = {
  type: 'object',
  properties: {
    message_type: { enum: ['CRITICAL', 'WARNING', 'ACKNOWLEDGEMENT', 'INFO', 'RECOVERY'] },
    entity_id: limited(512),
    entity_display_name: text,
    state_message: limited(20_480),
    monitoring_tool: text,
  },
  required: ['message_type'],
  additionalProperties: text,
};

/** https://developer.webex.com/docs/api/v1/messages/create-a-message */
const webex = exactly({ roomId: filled, markdown: filled }, ['roomId', 'markdown']);

const wechatContent = exactly({ content: filled }, ['content']);

/** https://developer.work.weixin.qq.com/document/path/90236 */
const wechat = {
  ...exactly(
    {
      touser: text,
      toparty: text,
      totag: text,
      msgtype: { enum: ['text', 'markdown'] },
      agentid: { type: ['integer', 'string'] },
      text: wechatContent,
      markdown: wechatContent,
      safe: { type: 'integer' },
    },
    ['msgtype'],
  ),
  oneOf: [
    { properties: { msgtype: { const: 'text' } }, required: ['text'] },
    { properties: { msgtype: { const: 'markdown' } }, required: ['markdown'] },
  ],
};

/** By kind of receiver. */
export const receiverSchemas: Readonly<Record<string, Schema>> = {
  discord,
  incidentio,
  jira: jiraV2,
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
};

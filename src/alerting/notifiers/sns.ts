import { z } from 'zod';
import { AwsCredentialSource, domainOf, xmlText } from '../../http/aws/credentials.ts';
import { signV4 } from '../../http/aws/sign-v4.ts';
import type { HttpReply } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { optionalFlag, optionalSecret, optionalText, templated, textMap } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, NotifyError, type Receipt, scrub } from '../notifier.ts';
import { plainBody, plainTitle, type Renderer } from '../renderer.ts';
import { groupHash } from '../wire/group-hash.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { byteLength, fitBytes, fitChars } from '../wire/truncate.ts';

const sigv4Schema = z.strictObject({
  region: optionalText,
  access_key: optionalText,
  secret_key: optionalSecret,
  profile: optionalText,
  role_arn: optionalText,
  external_id: optionalText,
  use_fips_sts_endpoint: optionalFlag,
  service_name: optionalText,
});

const schema = z.strictObject({
  ...commonHttp,
  api_url: templated(),
  sigv4: sigv4Schema.nullish(),
  topic_arn: templated(),
  phone_number: templated(),
  target_arn: templated(),
  subject: templated('{{ template "sns.default.subject" . }}'),
  message: templated('{{ template "sns.default.message" . }}'),
  attributes: textMap,
  /** Of AWS's library for Go: accepted, without effect. */
  use_aws_http_client: optionalFlag,
});

type Entry = z.output<typeof schema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  /** Made once, since credentials are kept until they end. */
  readonly kept: { source?: AwsCredentialSource };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: message and attributes together in bytes; an SMS in characters. */
const maxMessageBytes = 256 * 1024;
const maxSmsChars = 1600;
const maxSubjectChars = 100;

const contentType = 'application/x-www-form-urlencoded; charset=utf-8';

/** `Publish`, signed here: https://prometheus.io/docs/alerting/latest/configuration/#sns_configs */
export const sns = defineNotifier<typeof schema, Settings>({
  name: 'sns',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({ ...entry, http_config: entry.http_config ?? globals.http_config }),

  resolve(entry) {
    const targets = [entry.topic_arn, entry.phone_number, entry.target_arn].filter((target) => target !== '');
    if (targets.length !== 1)
      throw new BadInputError('', 'exactly one of topic_arn, target_arn & phone_number must be set');
    const { access_key: key, secret_key: secret, external_id: external, role_arn: role } = entry.sigv4 ?? {};
    if (Boolean(key) !== Boolean(secret))
      throw new BadInputError('sigv4', 'access_key and secret_key must be set together');
    if (external && !role)
      throw new BadInputError('sigv4.external_id', 'external_id has an effect only with role_arn');
    return { entry, http: checkHttpConfig(entry.http_config), kept: {} };
  },

  templates: ({ entry }) =>
    templatesOf(entry, [
      ...['api_url', 'topic_arn', 'phone_number', 'target_arn', 'subject', 'message', 'attributes'],
    ]),

  async send(notification, { entry, http, kept }, { http: clientFor, render }, signal) {
    const client = clientFor(http);
    kept.source ??= new AwsCredentialSource(entry.sigv4 ?? {}, { client });
    const region = await kept.source.region();
    const credentials = await kept.source.get(signal);
    const form = formOf(entry, render, notification);
    const given = render.text('api_url', entry.api_url).trim();
    const url = given === '' ? `https://sns.${region}.${domainOf(region)}/` : given;
    const body = new URLSearchParams(form).toString();
    const headers = signV4(
      { method: 'POST', url, body, headers: { 'content-type': contentType } },
      credentials,
      { region, service: entry.sigv4?.service_name || 'sns', atMs: Date.now() },
    );
    const reply = await client.post({ url, body, contentType, headers }, signal);
    return receiptOf(reply, [credentials.secretKey, credentials.sessionToken, credentials.accessKey]);
  },
});

function formOf(entry: Entry, render: Renderer, notification: Notification): Record<string, string> {
  const own = (key: 'topic_arn' | 'phone_number' | 'target_arn') => render.text(key, entry[key]).trim();
  const [topic, phone, target] = [own('topic_arn'), own('phone_number'), own('target_arn')];
  const group = groupHash(notification.groupKey);
  const attributes = Object.entries(entry.attributes).map(([name, value]): [string, string] => [
    render.text(`attributes.${name}`, name, name),
    render.text(`attributes.${name}`, value),
  ]);
  const subject = oneLine(render.text('subject', entry.subject, plainTitle(notification)));
  const message = render.text('message', entry.message, plainBody(notification));
  const room =
    maxMessageBytes - attributes.reduce((sum, [name, value]) => sum + byteLength(name + value) + 6, 0);
  const notice = render.notice();
  // SNS refuses an empty message.
  const whole = message.trim() === '' && notice === '' ? plainTitle(notification) : message;
  const fitted =
    phone === ''
      ? fitBytes(whole, notice, room - 'truncatedStringtrue'.length)
      : fitChars(whole, notice, maxSmsChars);
  const all = fitted === whole + notice ? attributes : [...attributes, ['truncated', 'true'] as const];
  return {
    Action: 'Publish',
    Version: '2010-03-31',
    ...(topic === '' ? {} : { TopicArn: topic }),
    ...(phone === '' ? {} : { PhoneNumber: phone }),
    ...(target === '' ? {} : { TargetArn: target }),
    // A FIFO topic drops for five minutes what has the same deduplication id: a retry shall be, the next notification not.
    ...(topic.endsWith('.fifo')
      ? { MessageGroupId: group, MessageDeduplicationId: groupHash(notification.id) }
      : {}),
    ...(subject === '' ? {} : { Subject: fitChars(subject, '', maxSubjectChars - 1) }),
    Message: fitted,
    ...Object.fromEntries(
      all
        // An attribute without a value is refused.
        .filter(([name, value]) => name !== '' && value !== '')
        .flatMap(([name, value], i) => [
          [`MessageAttributes.entry.${i + 1}.Name`, name],
          [`MessageAttributes.entry.${i + 1}.Value.DataType`, 'String'],
          [`MessageAttributes.entry.${i + 1}.Value.StringValue`, value],
        ]),
    ),
  };
}

/** A subject has no line breaks and no control characters. */
function oneLine(subject: string): string {
  return subject.replace(/\p{Cc}+/gu, ' ').trim();
}

/** @throws {NotifyError} */
function receiptOf(reply: HttpReply, secrets: readonly string[]): Receipt {
  const { status, body } = reply;
  if (status >= 200 && status < 300)
    return { note: `published ${xmlText(body, 'MessageId')}`.trim(), status };
  const code = xmlText(body, 'Code');
  const said = code === '' ? body : `${code}: ${xmlText(body, 'Message')}`;
  throw new NotifyError(`SNS answered ${status}: ${scrub(said, secrets).trim().slice(0, 200)}`, {
    // AWS tells of too many calls by a 400 with a name.
    retryable: status >= 500 || /Throttl|RequestLimitExceeded|KMSThrottling/.test(code),
    status,
    retryAfterMs: reply.retryAfterMs,
  });
}

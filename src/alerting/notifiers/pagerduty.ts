import { z } from 'zod';
import type { HttpReply } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import {
  goDurationText,
  list,
  optionalSecret,
  optionalText,
  templated,
  webAddress,
} from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, hasSource, sourceOf } from '../config/receiver-fields.ts';
import type { Notification } from '../notification.ts';
import { defineNotifier, NotifyError } from '../notifier.ts';
import { plainTitle, type Renderer } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { groupHash } from '../wire/group-hash.ts';
import { call, jsonOf, withoutEmpty } from '../wire/post.ts';
import { renderDeep } from '../wire/render-deep.ts';
import { templatesOf } from '../wire/template-fields.ts';
import { byteLength, truncate } from '../wire/truncate.ts';

const imageSchema = z.strictObject({ src: templated(), alt: templated(), href: templated() });
const linkSchema = z.strictObject({ href: templated(), text: templated() });

const schema = z.strictObject({
  ...commonHttp,
  service_key: optionalSecret,
  service_key_file: optionalText,
  routing_key: optionalSecret,
  routing_key_file: optionalText,
  url: webAddress.nullish(),
  client: templated('{{ template "pagerduty.default.client" . }}'),
  client_url: templated('{{ template "pagerduty.default.clientURL" . }}'),
  description: templated('{{ template "pagerduty.default.description" .}}'),
  details: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((details) => ({ ...defaultDetails, ...details })),
  images: list(imageSchema),
  links: list(linkSchema),
  source: optionalText,
  severity: templated(),
  class: templated(),
  component: templated(),
  group: templated(),
  timeout: goDurationText,
});

const defaultDetails: Readonly<Record<string, unknown>> = {
  firing: '{{ .Alerts.Firing | toJson }}',
  resolved: '{{ .Alerts.Resolved | toJson }}',
  num_firing: '{{ .Alerts.Firing | len }}',
  num_resolved: '{{ .Alerts.Resolved | len }}',
};

type Entry = z.output<typeof schema>;

interface Settings {
  readonly entry: Entry;
  readonly http: HttpClientConfig;
  readonly url: string;
  readonly api: 'v1' | 'v2';
  readonly key: SecretSource;
}

/** https://developer.pagerduty.com/docs/events-api-v2-overview; v1's description and v2's summary have the same limit. */
const maxSummaryChars = 1024;
const maxEventBytes = 512_000;

const severities = ['critical', 'error', 'warning', 'info'];

/** https://developer.pagerduty.com/docs/events-api-v1-overview */
const v1Url = 'https://events.pagerduty.com/generic/2010-04-15/create_event.json';

const templateKeys = [
  ...['client', 'client_url', 'description', 'details', 'images', 'links', 'source', 'severity'],
  ...['class', 'component', 'group'],
];

/** Events v2 with a routing key, v1 with a service key: https://prometheus.io/docs/alerting/latest/configuration/#pagerduty_config */
export const pagerduty = defineNotifier<typeof schema, Settings>({
  name: 'pagerduty',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    http_config: entry.http_config ?? globals.http_config,
    url: entry.url ?? globals.pagerduty_url,
    source: entry.source || entry.client,
  }),

  resolve(entry) {
    const [routing, service] = [sourceOf(entry, 'routing_key'), sourceOf(entry, 'service_key')];
    const hasService = hasSource(entry, 'service_key');
    if (!hasService && !hasSource(entry, 'routing_key'))
      throw new BadInputError(
        '',
        'one of routing_key, routing_key_file, service_key & service_key_file must be set',
      );
    return {
      entry,
      http: checkHttpConfig(entry.http_config),
      // The address is of v2; a service key goes to v1, unless the address given is one of v1.
      url: hasService && !/create_event\.json$/.test(entry.url ?? '') ? v1Url : (entry.url ?? ''),
      api: hasService ? 'v1' : 'v2',
      key: hasService ? service : routing,
    };
  },

  templates: ({ entry }) => templatesOf(entry, templateKeys),

  async send(notification, settings, { http, render }, signal) {
    const { api, entry } = settings;
    const name = api === 'v1' ? 'service_key' : 'routing_key';
    const secret = await revealSecret(settings.key, `${name}_file`);
    const key = secret.includes('{{') ? render.text(name, secret).trim() : secret;
    if (key === '') throw new NotifyError(`the ${name} template gave no key`, { retryable: false });
    const details = renderDeep(entry.details, (template, path) =>
      template.includes('{{') ? render.text(`details.${path}`, template, templateFailed) : template,
    );
    const event =
      api === 'v1' ? eventV1(entry, render, notification, key) : eventV2(entry, render, notification, key);
    const { receipt } = await call(
      http(settings.http),
      {
        service: 'PagerDuty',
        url: settings.url,
        body: fitted((shown) => event(shown), withProblems(details, render)),
        secrets: [key],
        // Too many requests are a 403 in v1 and a 429 in v2.
        retryOn: [api === 'v1' ? 403 : 429],
        details: reasonOf,
        timeoutMs: entry.timeout ?? undefined,
      },
      signal,
    );
    return receipt;
  },
});

const templateFailed = '[the template failed]';

type Event = (details: unknown) => unknown;

function eventV1(entry: Entry, render: Renderer, notification: Notification, key: string): Event {
  const description = truncate(
    render.text('description', entry.description, plainTitle(notification)),
    maxSummaryChars,
  );
  const isFiring = notification.status === 'firing';
  const client = isFiring
    ? withoutEmpty({
        client: render.text('client', entry.client),
        client_url: render.text('client_url', entry.client_url),
      })
    : {};
  return (details) => ({
    service_key: key,
    event_type: isFiring ? 'trigger' : 'resolve',
    incident_key: groupHash(notification.groupKey),
    description,
    ...client,
    details,
  });
}

function eventV2(entry: Entry, render: Renderer, notification: Notification, key: string): Event {
  const own = (field: 'class' | 'component' | 'group' | 'severity' | 'client' | 'client_url') =>
    render.text(field, entry[field]);
  const summary = render.text('description', entry.description, plainTitle(notification));
  const severity = own('severity').trim().toLowerCase();
  const client = withoutEmpty({ client: own('client'), client_url: own('client_url') });
  const source = render.text('source', entry.source ?? '').trim();
  const payload = {
    summary: truncate(summary, maxSummaryChars),
    source: source === '' ? 'Skopos' : source,
    // PagerDuty refuses an event of a severity that it does not know.
    severity: severities.includes(severity) ? severity : 'error',
    ...withoutEmpty({ class: own('class'), component: own('component'), group: own('group') }),
  };
  const images = entry.images.map((image, i) => ({
    src: render.text(`images[${i}].src`, image.src),
    alt: render.text(`images[${i}].alt`, image.alt),
    href: render.text(`images[${i}].href`, image.href),
  }));
  const links = entry.links.map((link, i) => ({
    href: render.text(`links[${i}].href`, link.href),
    text: render.text(`links[${i}].text`, link.text),
  }));
  return (details) => ({
    routing_key: key,
    dedup_key: groupHash(notification.groupKey),
    event_action: notification.status === 'firing' ? 'trigger' : 'resolve',
    ...client,
    payload: { ...payload, custom_details: details },
    ...withoutEmpty({
      images: images.filter(({ src }) => src !== '').map((image) => withoutEmpty(image)),
      links: links.filter(({ href }) => href !== '').map((link) => withoutEmpty(link)),
    }),
  });
}

/** Among the details stands what went wrong with the templates. */
function withProblems(details: unknown, render: Renderer): unknown {
  const notice = render.notice().trim();
  return notice === '' ? details : { ...(details as object), template_error: notice };
}

/** The event as JSON; one that PagerDuty would find too large loses its details, and says so in their place. */
function fitted(event: Event, details: unknown): string {
  const whole = JSON.stringify(event(details));
  if (byteLength(whole) <= maxEventBytes) return whole;
  return JSON.stringify(
    event({ error: `details were left out: with them the event is larger than ${maxEventBytes} bytes` }),
  );
}

/** https://developer.pagerduty.com/docs/events-api-v2-overview#response-codes--retry-logic */
function reasonOf(reply: HttpReply): string {
  const { message, errors } = jsonOf(reply);
  if (typeof message !== 'string') return '';
  return [message, ...(Array.isArray(errors) ? errors.map(String) : [])].join(': ');
}

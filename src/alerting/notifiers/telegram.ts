import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { HttpReply } from '../../http/client.ts';
import type { HttpClientConfig } from '../../http/client-config.ts';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import { optionalFlag, optionalSecret, optionalText, templated, webAddress } from '../config/fields.ts';
import { checkHttpConfig } from '../config/http-config.ts';
import { commonHttp, inheritSource, requiredSource } from '../config/receiver-fields.ts';
import { defineNotifier, NotifyError, type Receipt, scrub } from '../notifier.ts';
import { plainBody, plainTitle } from '../renderer.ts';
import { revealSecret, type SecretSource } from '../secret-source.ts';
import { jsonOf, withoutEmpty } from '../wire/post.ts';
import { templatesWithin } from '../wire/template-fields.ts';
import { charLength, fitChars } from '../wire/truncate.ts';

const parseModes = ['', 'Markdown', 'MarkdownV2', 'HTML'];

const schema = z.strictObject({
  ...commonHttp,
  api_url: webAddress.nullish(),
  bot_token: optionalSecret,
  bot_token_file: optionalText,
  chat_id: z.int('expected the number of a chat').nullish(),
  chat_id_file: optionalText,
  message_thread_id: z.int('expected the number of a topic').nullish(),
  message: templated('{{ template "telegram.default.message" . }}'),
  disable_notifications: optionalFlag,
  parse_mode: templated('HTML').refine((mode) => parseModes.includes(mode), {
    error: "expected Markdown, MarkdownV2, HTML or ''",
  }),
});

interface Settings {
  readonly entry: z.output<typeof schema>;
  readonly http: HttpClientConfig;
  readonly url: string;
  readonly token: SecretSource;
}

/** Characters of a message, after its marks are read: https://core.telegram.org/bots/api#sendmessage */
const maxMessageChars = 4096;

/** A bot's message: https://prometheus.io/docs/alerting/latest/configuration/#telegram_config */
export const telegram = defineNotifier<typeof schema, Settings>({
  name: 'telegram',
  sendResolved: true,
  schema,

  inherit: (entry, globals) => ({
    ...entry,
    http_config: entry.http_config ?? globals.http_config,
    api_url: entry.api_url ?? globals.telegram_api_url,
    ...inheritSource(entry, 'bot_token', globals, {
      globalKey: 'telegram_bot_token',
      missing: 'one of bot_token & bot_token_file must be set, here or as telegram_bot_token under global',
    }),
  }),

  resolve(entry) {
    if (!entry.chat_id && !entry.chat_id_file)
      throw new BadInputError('', 'one of chat_id & chat_id_file must be set');
    if (entry.chat_id && entry.chat_id_file)
      throw new BadInputError('chat_id_file', 'at most one of chat_id & chat_id_file may be set');
    return {
      entry,
      http: checkHttpConfig(entry.http_config),
      url: (entry.api_url ?? '').replace(/\/$/, ''),
      token: requiredSource(entry, 'bot_token'),
    };
  },

  templates: ({ entry }) => templatesWithin('message', entry.message, entry.parse_mode === 'HTML'),

  async send(notification, { entry, http, url, token }, { http: clientFor, render }, signal) {
    const botToken = await revealSecret(token, 'bot_token_file');
    const chat = entry.chat_id || (await chatIn(entry.chat_id_file ?? ''));
    const mode = entry.parse_mode;
    const plain = () =>
      fitChars(`${plainTitle(notification)}\n\n${plainBody(notification)}`, render.notice(), maxMessageChars);
    const marked =
      mode === 'HTML' ? render.html('message', entry.message) : render.text('message', entry.message);
    const post = async (text: string, parseMode: string): Promise<HttpReply> =>
      clientFor(http).post(
        {
          url: `${url}/bot${botToken}/sendMessage`,
          body: JSON.stringify({
            chat_id: chat,
            text,
            link_preview_options: { is_disabled: true },
            ...withoutEmpty({
              parse_mode: parseMode,
              disable_notification: entry.disable_notifications,
              message_thread_id: entry.message_thread_id,
            }),
          }),
        },
        signal,
      );
    // Marked text cannot be cut anywhere, and a template that failed gave none: the plain text takes its place.
    const isWhole = render.problems.length === 0 && marked.trim() !== '';
    const canBeCut = mode === '';
    if (isWhole && (canBeCut || charLength(marked) <= maxMessageChars)) {
      const reply = await post(canBeCut ? fitChars(marked, '', maxMessageChars) : marked, mode);
      if (!isUnreadable(reply)) return receiptOf(reply, botToken);
    }
    return receiptOf(await post(plain(), ''), botToken);
  },
});

/** Telegram could not read the marks: the same text is refused for ever. */
function isUnreadable(reply: HttpReply): boolean {
  return reply.status === 400 && /can't parse entities|message is too long/i.test(reply.body);
}

/** @throws {NotifyError} */
function receiptOf(reply: HttpReply, token: string): Receipt {
  const { status } = reply;
  const { ok, description, parameters } = jsonOf(reply);
  if (status >= 200 && status < 300 && ok !== false) return { note: `answered ${status}`, status };
  const said = scrub(typeof description === 'string' ? description : reply.body, [token]);
  const waitS = Number((parameters as { retry_after?: unknown } | undefined)?.retry_after ?? 0);
  throw new NotifyError(`Telegram answered ${status}: ${said.trim().slice(0, 200)}`, {
    retryable: status >= 500 || status === 429,
    status,
    retryAfterMs: waitS > 0 ? waitS * 1000 : reply.retryAfterMs,
  });
}

async function chatIn(file: string): Promise<number> {
  let found: string;
  try {
    found = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    throw new NotifyError(`cannot read chat_id_file ${file}: ${why}`, { retryable: true });
  }
  const id = Number(found);
  if (!Number.isSafeInteger(id) || found === '')
    throw new NotifyError(`chat_id_file ${file} does not hold the number of a chat`, { retryable: true });
  return id;
}

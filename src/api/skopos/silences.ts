import { z } from 'zod';
import { type FastifyInstance, parameters } from '../../http/server.ts';
import { AppError, BadInputError, NotFoundError } from '../../kit/app-error.ts';
import { formatMatcher, type Matcher } from '../../model/matcher.ts';
import type { SilenceJson, SilencePreviewJson, SilencesJson } from './contract.ts';
import { base, bodyOf, wordParameter } from './parameters.ts';
import type { KeptSilence, SkoposSource } from './source.ts';

/** A silence that hides very much, or for ever, was not confirmed. */
export class ConfirmationNeededError extends AppError {
  readonly code = 'CONFIRMATION_NEEDED';
  readonly statusCode = 409;
}

/** As far as the API can name a time; stands for "no end". */
export const endlessMs = Date.UTC(9999, 11, 31, 23, 59, 59);
const endlessFromMs = 10 * 365 * 86_400_000;

export function isEndless(endsAtMs: number, nowMs: number): boolean {
  return endsAtMs > nowMs + endlessFromMs;
}

/** @throws {ConfirmationNeededError} for what should be confirmed, and was not. */
export function confirmed(warnings: readonly { readonly text: string }[], isConfirmed: boolean): void {
  if (warnings.length > 0 && !isConfirmed)
    throw new ConfirmationNeededError(
      `${warnings.map(({ text }) => text).join(' ')} Send it again with "confirm": true if that is meant.`,
    );
}

const matchers = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const timeMs = z.number().int().positive();

const previewBody = z.strictObject({ matchers, startsAtMs: timeMs.optional(), endsAtMs: timeMs.nullish() });

const inputBody = z.strictObject({
  id: z.string().optional(),
  matchers,
  startsAtMs: timeMs.optional(),
  endsAtMs: timeMs.nullable(),
  createdBy: z.string().min(1, 'say who makes it'),
  owner: z.string().default(''),
  reason: z.string().min(1, 'say why'),
  windows: z.array(z.unknown()).default([]),
  noticeMs: z.number().int().min(0).default(0),
  confirm: z.boolean().default(false),
});

/** `GET` and `POST /silences`, `/silences/preview`, `/silences/:id` and `/silences/:id/expire`. */
export function silenceRoutes(app: FastifyInstance, source: SkoposSource): void {
  const { silences, tools } = source.router;
  const matchersOf = (texts: readonly string[]): readonly Matcher[] =>
    texts.flatMap((text) => source.parseMatchers(text));

  app.get(`${base}/silences`, async (request): Promise<SilencesJson> => {
    const all = parameters(request);
    const state = wordParameter(all, 'state', ['pending', 'active', 'expired']);
    const q = (all.get('q') ?? '').toLowerCase();
    return {
      items: silences
        .list()
        .filter((silence) => (state === undefined || silence.state === state) && textOf(silence).includes(q))
        .map((silence) => silenceJson(silence, source)),
    };
  });

  app.get(`${base}/silences/:id`, async (request): Promise<SilenceJson> => {
    const { id } = request.params as { readonly id: string };
    const silence = silences.get(id);
    if (silence === undefined)
      throw new NotFoundError(`there is no silence ${id}; expired ones are forgotten in time`);
    return silenceJson(silence, source);
  });

  app.post(`${base}/silences/preview`, async (request): Promise<SilencePreviewJson> => {
    const body = bodyOf(previewBody, request);
    return preview(body.matchers, body.endsAtMs ?? undefined, body.startsAtMs);
  });

  app.post(`${base}/silences`, async (request): Promise<{ readonly id: string }> => {
    const body = bodyOf(inputBody, request);
    const { warnings } = preview(body.matchers, body.endsAtMs ?? undefined, body.startsAtMs);
    confirmed(warnings, body.confirm);
    const known = body.id === undefined ? undefined : silences.get(body.id);
    return {
      id: silences.set({
        id: body.id,
        matchers: matchersOf(body.matchers),
        startsAtMs: body.startsAtMs ?? known?.startsAtMs ?? source.clock.now(),
        endsAtMs: body.endsAtMs ?? endlessMs,
        createdBy: body.createdBy,
        comment: body.reason,
        owner: body.owner,
        windows: source.parseWindows(body.windows),
        noticeMs: body.noticeMs,
      }),
    };
  });

  app.post(`${base}/silences/:id/expire`, async (request): Promise<SilenceJson> => {
    const { id } = request.params as { readonly id: string };
    silences.expire(id);
    const silence = silences.get(id);
    if (silence === undefined) throw new NotFoundError(`there is no silence ${id}`);
    return silenceJson(silence, source);
  });

  function preview(texts: readonly string[], endsAtMs = endlessMs, startsAtMs?: number): SilencePreviewJson {
    if (texts.every((text) => text.trim() === ''))
      throw new BadInputError('matchers', 'say what it should match, such as alertname="DiskFull"');
    const found = tools.previewSilence({
      matchers: matchersOf(texts),
      endsAtMs,
      ...(startsAtMs === undefined ? {} : { startsAtMs }),
    });
    return {
      ...found,
      alerts: found.alerts.map(({ fingerprint, labels, startsAtMs: sinceMs }) => ({
        fingerprint,
        name: labels['alertname'] ?? '',
        severity: labels['severity'] ?? '',
        labels,
        startsAtMs: sinceMs,
      })),
    };
  }
}

export function silenceJson(silence: KeptSilence, source: SkoposSource): SilenceJson {
  const { id, state, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment, owner, origin, noticeMs } =
    silence;
  return {
    id,
    matchers: silence.matchers.map(formatMatcher),
    state,
    startsAtMs,
    endsAtMs,
    isEndless: isEndless(endsAtMs, source.clock.now()),
    createdBy,
    owner,
    reason: comment,
    origin,
    source: silence.source ?? '',
    windows: source.windowJson(silence.windows),
    noticeMs,
    updatedAtMs,
    matches: state === 'expired' ? 0 : source.router.tools.countMatching(silence.matchers),
  };
}

function textOf({ matchers, owner, createdBy, comment, id }: KeptSilence): string {
  return [...matchers.map(formatMatcher), owner, createdBy, comment, id].join(' ').toLowerCase();
}

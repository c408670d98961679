import { z } from 'zod';
import type { FastifyInstance } from '../../http/server.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import type { ExceptionJson, ExceptionPreviewJson, ExceptionScopeJson } from './contract.ts';
import { base, bodyOf } from './parameters.ts';
import { confirmed, endlessMs, isEndless } from './silences.ts';
import type { ListedException, SkoposSource } from './source.ts';

const text = z.string().optional();
const scope = z.strictObject({
  cluster: text,
  namespace: text,
  kind: text,
  name: text,
  apiGroup: text,
  labels: z.record(z.string(), z.string()).optional(),
  path: text,
  container: text,
});
const names = z.array(z.string()).default([]);
const timeMs = z.number().int().positive();

const previewBody = z.strictObject({
  id: z.string().optional(),
  controls: names,
  frameworks: names,
  resources: z.array(scope),
  endsAtMs: timeMs.nullish(),
});

const inputBody = z.strictObject({
  ...previewBody.shape,
  startsAtMs: timeMs.optional(),
  endsAtMs: timeMs.nullable(),
  createdBy: z.string().min(1, 'say who makes it'),
  owner: z.string().default(''),
  reason: z.string().min(1, 'say why'),
  windows: z.array(z.unknown()).default([]),
  noticeMs: z.number().int().min(0).default(0),
  confirm: z.boolean().default(false),
});

/** `POST /exceptions`, `/exceptions/preview`, `GET /exceptions/:id` and `POST /exceptions/:id/expire`. */
export function exceptionRoutes(app: FastifyInstance, source: SkoposSource): void {
  const { exceptions, clock } = source;

  app.get(`${base}/exceptions/:id`, async (request): Promise<ExceptionJson> => {
    return found((request.params as { readonly id: string }).id);
  });

  app.post(`${base}/exceptions/preview`, async (request): Promise<ExceptionPreviewJson> => {
    return preview(bodyOf(previewBody, request));
  });

  app.post(`${base}/exceptions`, async (request): Promise<{ readonly id: string }> => {
    const body = bodyOf(inputBody, request);
    confirmed(preview(body).warnings, body.confirm);
    const known = body.id === undefined ? undefined : exceptions.get(body.id);
    const { controls, frameworks, resources, confirm: _confirm, ...rest } = body;
    return {
      id: exceptions.set({
        ...rest,
        scopes: scopesOf(resources),
        policies: policiesOf({ controls, frameworks }),
        startsAtMs: body.startsAtMs ?? known?.startsAtMs ?? clock.now(),
        endsAtMs: body.endsAtMs ?? endlessMs,
      }),
    };
  });

  app.post(`${base}/exceptions/:id/expire`, async (request): Promise<ExceptionJson> => {
    const { id } = request.params as { readonly id: string };
    exceptions.expire(id);
    return found(id);
  });

  function found(id: string): ExceptionJson {
    const one = exceptions.get(id);
    if (one === undefined)
      throw new NotFoundError(`there is no exception ${id}; ended ones are forgotten in time`);
    return exceptionJson(one, clock.now());
  }

  function preview(body: z.output<typeof previewBody>): ExceptionPreviewJson {
    const scopes = scopesOf(body.resources);
    if (scopes.every((one) => Object.keys(one).length === 0))
      throw new BadInputError('resources', 'say what it is for: a namespace, a kind, a name, labels …');
    return exceptions.preview({
      id: body.id,
      scopes,
      policies: policiesOf(body),
      endsAtMs: body.endsAtMs ?? endlessMs,
    });
  }
}

export function exceptionJson(one: ListedException, nowMs: number): ExceptionJson {
  const { id, state, startsAtMs, endsAtMs, createdBy, owner, reason, origin, source, noticeMs } = one;
  const controls = one.policies.flatMap(({ controlId, controlName }) => controlId ?? controlName ?? []);
  const frameworks = one.policies.flatMap(({ framework }) => framework ?? []);
  return {
    kind: 'exception',
    id,
    scope: [
      ...one.scopes.map(scopeText).filter((words) => words !== ''),
      ...(controls.length === 0 ? [] : [`control: ${controls.join(', ')}`]),
      ...(frameworks.length === 0 ? [] : [`framework: ${frameworks.join(', ')}`]),
    ],
    state,
    startsAtMs,
    endsAtMs,
    isEndless: isEndless(endsAtMs, nowMs),
    createdBy,
    owner,
    reason,
    origin,
    source,
    windows: one.windows as ExceptionJson['windows'],
    noticeMs,
    updatedAtMs: one.updatedAtMs,
    holdsBack: one.excepts,
    controls,
    frameworks,
    resources: one.scopes,
  };
}

/** `namespace: shop, kind: Pod`. */
function scopeText({ labels = {}, ...fields }: ExceptionScopeJson): string {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return [
    ...said.map(([name, value]) => `${name}: ${value}`),
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
  ].join(', ');
}

/** Without what is empty, which would say nothing. */
function scopesOf(scopes: readonly z.output<typeof scope>[]): readonly ExceptionScopeJson[] {
  return scopes.map(({ labels = {}, ...fields }) => ({
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  }));
}

function policiesOf(body: { readonly controls: readonly string[]; readonly frameworks: readonly string[] }) {
  return [
    ...body.controls.map((controlId) => ({ controlId })),
    ...body.frameworks.map((framework) => ({ framework })),
  ];
}

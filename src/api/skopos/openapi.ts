import { z } from 'zod';
import type { FastifyInstance } from '../../http/server.ts';
import { dashboardOperations } from './dashboards-operations.ts';
import { imageOperations } from './images-operations.ts';
import { nodeOperations } from './nodes-operations.ts';
import type { Operation } from './operation.ts';
import * as schemas from './operator-contract.ts';
import { base } from './parameters.ts';
import { registryOperations } from './registries-operations.ts';

const started = z.object({ items: z.array(schemas.jobSchema) });
const page = { offset: 'How many to pass over.', limit: 'At most so many, up to 1000; 100 when left out.' };

/** The routes of images, dashboards, nodes, jobs and recurring scans; a test holds them beside those that are served. */
export const operations: readonly Operation[] = [
  ...imageOperations,
  ...registryOperations,
  ...dashboardOperations,
  ...nodeOperations,
  {
    method: 'get',
    path: `${base}/jobs`,
    summary: 'Jobs, newest first',
    query: {
      state: `Comma list of ${schemas.jobStates.join(', ')}.`,
      kind: `Comma list of ${schemas.jobKinds.join(', ')}.`,
      schedule: 'Runs of this recurring scan.',
      parent: 'Parts of this job.',
      q: 'Part of the id, title, reason, command or schedule.',
      ...page,
    },
    answer: schemas.jobsSchema,
  },
  {
    method: 'post',
    path: `${base}/jobs`,
    summary: 'Start a scan',
    takesKey: true,
    body: schemas.newJobSchema,
    status: 202,
    answer: started,
  },
  { method: 'get', path: `${base}/jobs/{id}`, summary: 'One job', answer: schemas.jobDetailSchema },
  {
    method: 'get',
    path: `${base}/jobs/{id}/report`,
    summary: "The report of a scan in Kubescape's shape",
    answer: z.looseObject({}),
  },
  {
    method: 'post',
    path: `${base}/jobs/{id}/cancel`,
    summary: 'Cancel a job that waits or runs',
    answer: schemas.jobSchema,
  },
  { method: 'get', path: `${base}/schedules`, summary: 'Recurring scans', answer: schemas.schedulesSchema },
  {
    method: 'post',
    path: `${base}/schedules`,
    summary: 'Create a recurring scan',
    body: schemas.newScheduleSchema,
    status: 201,
    answer: schemas.scheduleSchema,
  },
  {
    method: 'get',
    path: `${base}/schedules/preview`,
    summary: 'The next times of a schedule',
    query: {
      cron: 'Five fields, or @daily and the like.',
      timeZone: 'Of IANA; UTC when left out.',
      count: 'How many.',
    },
    answer: schemas.cronPreviewSchema,
  },
  {
    method: 'get',
    path: `${base}/schedules/{name}`,
    summary: 'One recurring scan',
    answer: schemas.scheduleSchema,
  },
  {
    method: 'patch',
    path: `${base}/schedules/{name}`,
    summary: 'Change a recurring scan',
    body: schemas.scheduleEditSchema,
    answer: schemas.scheduleSchema,
  },
  { method: 'delete', path: `${base}/schedules/{name}`, summary: 'Delete a recurring scan', status: 204 },
  {
    method: 'post',
    path: `${base}/schedules/{name}/run`,
    summary: 'Run a recurring scan now',
    takesKey: true,
    status: 202,
    answer: started,
  },
  {
    method: 'get',
    path: `${base}/operator`,
    summary: "What the operator knows of its cluster's settings",
    answer: schemas.operatorSchema,
  },
];

const errorSchema = z.object({ code: z.string(), error: z.string() });

/**
 * The OpenAPI 3.1 document of images, dashboards, jobs and recurring scans, made of the schemas that requests are checked by.
 *
 * Source: https://spec.openapis.org/oas/v3.1.0
 */
export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method]: operationObject(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Skopos: images, dashboards, jobs and recurring scans',
      version,
      description: 'The rest of the API is described in docs/api.md.',
    },
    security: [{ token: [] }, {}],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

/** `GET /openapi.json` */
export function openApiRoutes(app: FastifyInstance, version: string): void {
  const document = openApiDocument(version);
  app.get(`${base}/openapi.json`, async () => document);
}

function operationObject({
  path,
  summary,
  query = {},
  takesKey,
  body,
  status = 200,
  answer,
}: Operation): object {
  const text = { type: 'string' };
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: text,
    })),
    ...Object.entries(query).map(([name, description]) => ({ name, in: 'query', description, schema: text })),
    ...(takesKey === true
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            description: 'The same again is the same request, and starts nothing new.',
            schema: text,
          },
        ]
      : []),
  ];
  return {
    summary,
    parameters,
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body, 'input') } }),
    responses: {
      [status]: {
        description: 'Done.',
        ...(answer === undefined ? {} : { content: json(answer, 'output') }),
      },
      default: { description: 'Refused, or it could not be done.', content: json(errorSchema, 'output') },
    },
  };
}

function json(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  return { 'application/json': { schema: shape } };
}

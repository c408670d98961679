import type { FastifyInstance } from '../../http/server.ts';
import { parameters } from '../../http/server.ts';
import { keyOf, signalOf } from './jobs-request.ts';
import {
  type JobJson,
  newScheduleSchema,
  type OperatorJson,
  type ScheduleJson,
  type SchedulesJson,
  scheduleEditSchema,
} from './operator-contract.ts';
import type { OperatorSource } from './operator-source.ts';
import { base, bodyOf, wholeParameter } from './parameters.ts';

/** Recurring scans: list, create, change, delete, run now; and what the operator knows of its cluster. */
export function scheduleRoutes(app: FastifyInstance, source: OperatorSource): void {
  app.get(`${base}/schedules`, async (_request, reply): Promise<SchedulesJson> => {
    return await source.schedules(signalOf(reply));
  });

  app.get(`${base}/schedules/preview`, async (request): Promise<{ readonly nextMs: readonly number[] }> => {
    const all = parameters(request);
    const count = wholeParameter(all, 'count', { fallback: 5, most: 50 });
    return { nextMs: source.nextTimes(all.get('cron') ?? '', all.get('timeZone') ?? '', count) };
  });

  app.post(`${base}/schedules`, async (request, reply): Promise<ScheduleJson> => {
    const made = await source.createSchedule(bodyOf(newScheduleSchema, request), signalOf(reply));
    reply.code(201);
    return made;
  });

  app.get(`${base}/schedules/:name`, async (request, reply): Promise<ScheduleJson> => {
    const { name } = request.params as { readonly name: string };
    return await source.schedule(name, signalOf(reply));
  });

  app.patch(`${base}/schedules/:name`, async (request, reply): Promise<ScheduleJson> => {
    const { name } = request.params as { readonly name: string };
    return await source.updateSchedule(name, bodyOf(scheduleEditSchema, request), signalOf(reply));
  });

  app.delete(`${base}/schedules/:name`, async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    await source.deleteSchedule(name, signalOf(reply));
    return reply.code(204).send();
  });

  app.post(
    `${base}/schedules/:name/run`,
    async (request, reply): Promise<{ readonly items: readonly JobJson[] }> => {
      const { name } = request.params as { readonly name: string };
      const started = await source.runSchedule(name, keyOf(request), signalOf(reply));
      reply.code(started.some(({ isNew }) => isNew) ? 202 : 200);
      return { items: started.map(({ job }) => job) };
    },
  );

  app.get(`${base}/operator`, async (): Promise<OperatorJson> => source.operator());
}

import type { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import { didYouMean } from '../../kit/nearest.ts';
import { notifiers } from '../notifiers/notifiers.ts';
import type { ConfigEntry, RouteEntry } from './config-schema.ts';
import type { Globals } from './global-schema.ts';

type Context = Pick<z.core.$RefinementCtx, 'addIssue' | 'issues'>;
type Path = readonly (string | number)[];

/** What the parts of a configuration say of one another: receivers and time intervals that exist, settings that fit the globals. */
export function checkReferences(config: ConfigEntry, context: Context): void {
  // What is misspelt is said first: the rest may only follow from it.
  if (context.issues.length > 0) return;
  const report = (path: Path, message: string) =>
    void context.addIssue({ code: 'custom', path: [...path], message });
  const receivers = unique(
    config.receivers.map(({ name }, i) => [name, ['receivers', i, 'name']]),
    'receiver',
    report,
  );
  const intervals = unique(
    [
      ...config.mute_time_intervals.map(({ name }, i) => [name, ['mute_time_intervals', i, 'name']] as const),
      ...config.time_intervals.map(({ name }, i) => [name, ['time_intervals', i, 'name']] as const),
    ],
    'time interval',
    report,
  );
  checkRoot(config.route ?? undefined, report);
  if (config.route) checkRoute(config.route, ['route'], { receivers, intervals }, report);
  checkIntegrations(config, report);
}

type Report = (path: Path, message: string) => void;

function unique(named: readonly (readonly [string, Path])[], what: string, report: Report): Set<string> {
  const seen = new Set<string>();
  for (const [name, path] of named) {
    if (seen.has(name)) report(path, `there are two ${what}s named "${name}"`);
    seen.add(name);
  }
  return seen;
}

function checkRoot(route: RouteEntry | undefined, report: Report): void {
  if (route === undefined) {
    report([], 'there is no route: the file needs a route with a receiver');
    return;
  }
  if (!route.receiver) report(['route'], 'the root route needs a receiver');
  const own = { match: route.match, match_re: route.match_re, matchers: route.matchers.matchers };
  for (const [key, matchers] of Object.entries(own))
    if (matchers.length > 0)
      report(['route', key], 'the root route takes every alert, so it has no matchers');
  for (const key of ['mute_time_intervals', 'active_time_intervals'] as const)
    if (route[key].length > 0) report(['route', key], 'the root route cannot have time intervals');
  if (route.continue)
    report(['route', 'continue'], 'the root route cannot continue: there is nothing after it');
}

function checkRoute(
  route: RouteEntry,
  path: Path,
  known: { readonly receivers: ReadonlySet<string>; readonly intervals: ReadonlySet<string> },
  report: Report,
): void {
  const { receiver } = route;
  if (receiver && !known.receivers.has(receiver))
    report(
      [...path, 'receiver'],
      `there is no receiver "${receiver}"${didYouMean(receiver, known.receivers)}`,
    );
  for (const key of ['mute_time_intervals', 'active_time_intervals'] as const) {
    for (const [i, name] of route[key].entries())
      if (!known.intervals.has(name))
        report([...path, key, i], `there is no time interval "${name}"${didYouMean(name, known.intervals)}`);
  }
  for (const [i, child] of route.routes.entries()) checkRoute(child, [...path, 'routes', i], known, report);
}

function checkIntegrations(config: ConfigEntry, report: Report): void {
  const globals = config.global ?? ({} as Globals);
  for (const [i, receiver] of config.receivers.entries()) {
    for (const kind of notifiers) {
      const key = `${kind.name}_configs`;
      const entries = (receiver as unknown as Record<string, readonly unknown[]>)[key] ?? [];
      for (const [j, entry] of entries.entries()) {
        try {
          kind.resolve(entry, globals);
        } catch (error) {
          if (!(error instanceof BadInputError)) throw error;
          const at = error.path === '' ? [] : error.path.split('.');
          report(['receivers', i, key, j, ...at], withoutPath(error));
        }
      }
    }
  }
}

function withoutPath({ path, message }: BadInputError): string {
  return path !== '' && message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}

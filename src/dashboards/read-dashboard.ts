import { BadInputError } from '../kit/app-error.ts';
import type { Annotation, Dashboard, DashboardLink } from './dashboard.ts';
import { isRecord, listOf, recordOf, textOf, textsOf, wordOf } from './json-view.ts';
import { readPanels } from './read-panels.ts';
import { readVariable } from './read-variable.ts';

/** More than these would be no dashboard; each bounds what a page has to hold. */
const most = { variables: 100, annotations: 50, links: 100 } as const;

/** Grafana's own bound on uids. */
const longestUid = 40;

/**
 * Reads a dashboard in Grafana's classic JSON. What is not known is passed over; what cannot be drawn is still read, so that its
 * place can say so.
 *
 * @throws {BadInputError} naming the field, when it is no dashboard or there is too much of it.
 */
export function readDashboard(json: unknown): Dashboard {
  const root = dashboardObject(json);
  const title = textOf(root['title']);
  if (title === '') throw new BadInputError('title', 'a dashboard needs a title');
  const uid = textOf(root['uid']);
  if (!/^[A-Za-z0-9_-]+$/.test(uid) || uid.length > longestUid) {
    const shown = JSON.stringify(root['uid'] ?? null);
    throw new BadInputError(
      'uid',
      `expected up to ${longestUid} letters, digits, "-" and "_", by which links find the dashboard; got ${shown}`,
    );
  }
  const time = recordOf(root['time']);
  return {
    uid,
    title,
    description: textOf(root['description']),
    tags: textsOf(root['tags']),
    timezone: wordOf(root['timezone'], ['browser', 'utc']),
    from: textOf(time['from'], 'now-6h'),
    to: textOf(time['to'], 'now'),
    refresh: textOf(root['refresh']),
    sharedCursor: root['graphTooltip'] === 1 || root['graphTooltip'] === 2,
    links: bounded(root['links'], 'links', most.links).map(readLink),
    variables: bounded(recordOf(root['templating'])['list'], 'templating.list', most.variables).map(
      readVariable,
    ),
    annotations: bounded(recordOf(root['annotations'])['list'], 'annotations.list', most.annotations)
      .map(readAnnotation)
      .filter(({ expr }) => expr !== ''),
    panels: readPanels(root['panels']),
  };
}

/** The dashboard in what an export, an answer of Grafana's API, or a file holds. */
function dashboardObject(json: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(json)) throw new BadInputError('', 'expected a JSON object');
  if (isRecord(json['spec']) && 'elements' in json['spec']) {
    throw new BadInputError(
      'spec.elements',
      'this is the new schema of Grafana (v2); export the dashboard as "Classic"',
    );
  }
  const root = isRecord(json['dashboard']) ? json['dashboard'] : json;
  if ('rows' in root && !('panels' in root)) {
    throw new BadInputError(
      'rows',
      'this is the schema of Grafana 4; open the dashboard in a newer Grafana and export it again',
    );
  }
  if (!Array.isArray(root['panels'])) throw new BadInputError('panels', 'expected a list of panels');
  return root;
}

function bounded(
  value: unknown,
  path: string,
  limit: number,
): readonly (readonly [item: Readonly<Record<string, unknown>>, path: string])[] {
  const list = listOf(value);
  if (list.length > limit)
    throw new BadInputError(path, `at most ${limit} are read, there are ${list.length}`);
  return list.map((item, i) => [recordOf(item), `${path}[${i}]`]);
}

function readLink([json]: readonly [Readonly<Record<string, unknown>>, string]): DashboardLink {
  return {
    kind: wordOf(json['type'], ['link', 'dashboards']),
    title: textOf(json['title']),
    url: textOf(json['url']),
    tags: textsOf(json['tags']),
    keepTime: json['keepTime'] === true,
    includeVars: json['includeVars'] === true,
    newTab: json['targetBlank'] === true,
  };
}

/** Annotations of Grafana's own have no expression. */
function readAnnotation([json]: readonly [Readonly<Record<string, unknown>>, string]): Annotation {
  return {
    name: textOf(json['name']),
    enabled: json['enable'] !== false,
    hidden: json['hide'] === true,
    expr: textOf(json['expr'], textOf(recordOf(json['target'])['expr'])),
    step: textOf(json['step']),
    titleFormat: textOf(json['titleFormat']),
    textFormat: textOf(json['textFormat']),
    tagKeys: textOf(json['tagKeys'])
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== ''),
    colour: textOf(json['iconColor']),
  };
}

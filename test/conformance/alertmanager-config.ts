import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAlertingConfig } from '../../src/alerting/config/load-alerting-config.ts';
import { resolvedConfig } from '../../src/alerting/config/resolved-config.ts';
import { messageOf } from '../../src/kit/app-error.ts';
import { formatDuration } from '../../src/kit/duration.ts';
import { Secret } from '../../src/kit/secret.ts';
import { casesAt, type SuiteResult, tally } from './suite.ts';

export const defaultFolder = casesAt('alertmanager/config');

export interface ConfigCase {
  readonly file: string;
  readonly loads: boolean;
  readonly error_contains?: string;
  readonly error_also?: readonly string[];
  readonly resolved?: Readonly<Record<string, unknown>>;
}

/** Where our words for a cause are others. */
const ownWords: Readonly<Record<string, RegExp>> = {
  'missing webhook_url or webhook_url_file on mattermost_config':
    /mattermost_configs\[\d+\]: one of webhook_url & webhook_url_file must be set/,
  'field teams not found': /opsgenie_configs\[\d+\]\.teams: unknown key "teams"/,
  'no global OpsGenie API Key set': /no OpsGenie API key: give api_key/,
  'no global Rocketchat Token set': /no Rocket\.Chat token/,
  'no Slack API URL nor App token set': /no Slack API URL nor App token set/,
  'must provide either a Target ARN, Topic ARN, or Phone Number':
    /exactly one of topic_arn, target_arn & phone_number must be set/,
  'missing bot_token or bot_token_file on telegram_config':
    /telegram_configs\[\d+\]: one of bot_token & bot_token_file must be set/,
  'no global VictorOps API Key set': /no VictorOps API key: give api_key/,
  'no global Wechat Api Secret set': /no WeChat API secret: give api_secret/,
};

/** Runs every case of a folder's `expected.json`, and prints each that fails. */
export async function run(folder: string = defaultFolder): Promise<SuiteResult> {
  const list = join(folder, 'expected.json');
  if (!existsSync(list)) {
    console.log(`${list}: there is no such file, so nothing was run`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
  return tally(
    casesIn(folder).map((one) => {
      const problem = problemOf(one, folder);
      return [one.file, problem === undefined ? { passed: true } : { problem }];
    }),
  );
}

export function casesIn(folder: string): readonly ConfigCase[] {
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as readonly ConfigCase[];
}

/** What is wrong with our reading of one case; undefined when nothing is. */
export function problemOf(one: ConfigCase, folder: string): string | undefined {
  const path = join(folder, one.file);
  let text: string;
  let resolved: Record<string, unknown>;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
  try {
    loadAlertingConfig(text, { file: one.file, baseDir: dirname(path) });
    resolved = resolvedConfig(text, one.file);
  } catch (error) {
    return one.loads ? `was refused: ${messageOf(error)}` : wrongCause(one, messageOf(error));
  }
  if (!one.loads) return `was loaded; expected a refusal: ${one.error_contains ?? ''}`;
  const wrong = Object.entries(one.resolved ?? {})
    .map(([at, expected]) => ({ at, expected, actual: valueAt(resolved, at) }))
    .filter(({ expected, actual }) => !isEqual(expected, actual));
  return wrong.length === 0
    ? undefined
    : wrong
        .map(
          ({ at, expected, actual }) => `${at} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`,
        )
        .join('; ');
}

function wrongCause(
  { file, error_contains: cause = '', error_also: also = [] }: ConfigCase,
  message: string,
) {
  const says = (text: string) =>
    message.toLowerCase().includes(text.toLowerCase()) || ownWords[text]?.test(message) === true;
  const missing = [cause, ...also].filter((text) => !says(text));
  if (missing.length > 0)
    return `was refused for another cause: ${message} (expected: ${missing.join('; ')})`;
  // A message that names no line sends people searching.
  return new RegExp(`^${file.replaceAll('.', '\\.')}:[1-9]\\d*: `).test(message)
    ? undefined
    : `was refused without a line: ${message}`;
}

function valueAt(value: unknown, path: string): unknown {
  const parts = path.split(/[.[\]]+/).filter((part) => part !== '');
  const found = parts.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined),
    value,
  );
  return found instanceof Secret ? found.reveal() : found;
}

/** An empty expectation also takes an absent value; durations are milliseconds here. */
function isEqual(expected: unknown, actual: unknown): boolean {
  const isNothing = (one: unknown) =>
    one === undefined || one === null || one === '' || (Array.isArray(one) && one.length === 0);
  if (isNothing(expected)) return isNothing(actual);
  if (typeof expected === 'string' && typeof actual === 'number')
    return formatDuration(actual) === expected || String(actual) === expected;
  return JSON.stringify(expected) === JSON.stringify(actual);
}

import type { HttpClient, HttpReply } from '../../http/client.ts';
import { NotifyError } from '../notifier.ts';
import { call, jsonOf } from './post.ts';

export interface JiraIssue {
  readonly key: string;
  readonly isDone: boolean;
}

/** Too many requests are told by a 429. */
const retryOn = [429];

/** The parts of Jira's REST API that notifications need: https://developer.atlassian.com/cloud/jira/platform/rest/v3/ */
export class JiraProject {
  readonly #client: HttpClient;
  readonly #url: string;
  readonly #search: string;

  /** @param url without a slash at the end: `https://example.atlassian.net/rest/api/3` */
  constructor(client: HttpClient, url: string, search: string) {
    this.#client = client;
    this.#url = url;
    this.#search = search;
  }

  /** The first issue that a query finds. */
  async find(jql: string, signal: AbortSignal): Promise<JiraIssue | undefined> {
    const reply = await this.#ask(
      { url: this.#search, json: { jql, fields: ['status'], maxResults: 2 } },
      signal,
    );
    const { issues } = jsonOf(reply);
    if (!Array.isArray(issues))
      throw new NotifyError('Jira answered the search with something else than issues', { retryable: false });
    const [first] = issues as readonly FoundIssue[];
    if (first?.key === undefined) return undefined;
    return { key: first.key, isDone: first.fields?.status?.statusCategory?.key === 'done' };
  }

  /** Returns the issue's key. */
  async create(fields: unknown, signal: AbortSignal): Promise<string> {
    const reply = await this.#ask({ url: `${this.#url}/issue`, json: { fields } }, signal);
    return String(jsonOf(reply)['key'] ?? '');
  }

  async update(key: string, fields: unknown, signal: AbortSignal): Promise<void> {
    await this.#ask({ url: this.#issue(key), method: 'PUT', json: { fields } }, signal);
  }

  /** @throws {NotifyError} when the issue's workflow has no transition of that name now. */
  async move(key: string, transition: string, signal: AbortSignal): Promise<void> {
    const url = `${this.#issue(key)}/transitions`;
    const { transitions } = jsonOf(await this.#ask({ url, method: 'GET' }, signal));
    const known = Array.isArray(transitions) ? (transitions as readonly Transition[]) : [];
    const found = known.find(({ name }) => name === transition);
    if (found === undefined)
      throw new NotifyError(
        `Jira has no transition "${transition}" for ${key}; it has ${known.map(({ name }) => name).join(', ') || 'none'}`,
        { retryable: false },
      );
    await this.#ask({ url, json: { transition: { id: found.id } } }, signal);
  }

  #issue(key: string): string {
    return `${this.#url}/issue/${encodeURIComponent(key)}`;
  }

  async #ask(
    what: { readonly url: string; readonly method?: 'GET' | 'PUT' | 'POST'; readonly json?: unknown },
    signal: AbortSignal,
  ): Promise<HttpReply> {
    const { reply } = await call(
      this.#client,
      {
        service: 'Jira',
        ...what,
        // Names of transitions are in the language of who asks.
        headers: { 'accept-language': 'en' },
        retryOn,
        details: reasonOf,
      },
      signal,
    );
    return reply;
  }
}

interface FoundIssue {
  readonly key?: string;
  readonly fields?: { readonly status?: { readonly statusCategory?: { readonly key?: string } } };
}

interface Transition {
  readonly id: string;
  readonly name: string;
}

function reasonOf(reply: HttpReply): string {
  const { errorMessages, errors } = jsonOf(reply);
  const named = Object.entries((errors as Record<string, unknown> | undefined) ?? {});
  return [
    ...(Array.isArray(errorMessages) ? errorMessages.map(String) : []),
    ...named.map(([field, problem]) => `${field}: ${String(problem)}`),
  ].join('; ');
}

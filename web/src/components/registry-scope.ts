import { mostPlatforms, platformForm, platformHint } from '../../../src/model/platform.ts';
import { commaList } from '../format/words.ts';

/** What of a registry is looked at, as it stands in a form. */
export interface RegistryScope {
  readonly name: string;
  /** As it was typed. */
  readonly newest: string | number;
  /** Comma lists. */
  readonly include: string;
  readonly exclude: string;
  readonly platforms: string;
}

export const blankScope: RegistryScope = { name: '', newest: 1, include: '', exclude: '', platforms: '' };

/** What is wrong with it, by field. */
export type ScopeProblems = Partial<Record<keyof RegistryScope, string>>;

const nameForm = /^(?:https?:\/\/)?[A-Za-z0-9.\-[\]:]+(?:\/[a-z0-9._-]+)*\/?$/;
const repositoryForm = /^[a-z0-9._\-/*]+$/;

export function scopeProblems({ name, newest, include, exclude, platforms }: RegistryScope): ScopeProblems {
  const depth = Number(newest);
  const names = (text: string): string | undefined => {
    const wrong = commaList(text).find((one) => !repositoryForm.test(one));
    return wrong === undefined
      ? undefined
      : `"${wrong}" is no name of a repository; write team/shop, or team/*, with commas between`;
  };
  const wanted = commaList(platforms);
  const wrong = wanted.find((one) => !platformForm.test(one));
  const found = {
    name: nameForm.test(name.trim())
      ? undefined
      : 'A host, with its port and a path where there are: registry.example:5000/team',
    newest:
      newest !== '' && Number.isInteger(depth) && depth >= 1 && depth <= 100
        ? undefined
        : 'A whole number from 1 to 100',
    include: names(include),
    exclude: names(exclude),
    platforms:
      wrong !== undefined
        ? `"${wrong}" is none; write ${platformHint}`
        : wanted.length > mostPlatforms
          ? `At most ${mostPlatforms}`
          : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

/** The same as our API takes it. */
export function registryOf({ name, newest, ...lists }: RegistryScope) {
  const given = Object.entries(lists)
    .map(([field, text]) => [field, commaList(text)] as const)
    .filter(([, list]) => list.length > 0);
  return { registryName: name.trim(), depth: Number(newest), ...Object.fromEntries(given) };
}

import type { FastifyInstance } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import { didYouMean } from '../../kit/nearest.ts';
import type {
  FrameworkDetailJson,
  FrameworkJson,
  FrameworkScoreJson,
  FrameworkSectionJson,
  FrameworksJson,
} from './contract.ts';
import { controlsJson } from './controls.ts';
import { base } from './parameters.ts';
import type { JudgedFramework, SkoposSource } from './source.ts';

/** `GET /frameworks` and `GET /frameworks/:name`. */
export function frameworkRoutes(app: FastifyInstance, source: SkoposSource): void {
  const { posture } = source;

  function all(): [JudgedFramework, FrameworkJson][] {
    const scores = new Map(source.frameworks().map((score) => [score.name, score]));
    return posture.frameworks().flatMap((framework): [JudgedFramework, FrameworkJson][] => {
      const score = scores.get(framework.name);
      return score === undefined ? [] : [[framework, frameworkJson(framework, score)]];
    });
  }

  app.get(`${base}/frameworks`, async (): Promise<FrameworksJson> => {
    return { items: all().map(([, json]) => json), others: posture.otherFrameworks };
  });

  app.get(`${base}/frameworks/:name`, async (request): Promise<FrameworkDetailJson> => {
    const { name } = request.params as { readonly name: string };
    const known = all();
    const found = known.find(([one]) => one.name.toLowerCase() === name.toLowerCase());
    if (found === undefined) {
      const names = known.map(([one]) => one.name);
      throw new NotFoundError(
        `the framework "${name}" is not judged here${didYouMean(name, names)}; posture.frameworks chooses them`,
      );
    }
    const [framework, json] = found;
    return { ...json, sections: sectionsOf(framework, source) };
  });
}

function frameworkJson(framework: JudgedFramework, score: FrameworkScoreJson): FrameworkJson {
  const { name, title, managed, difference } = framework;
  return {
    ...score,
    name,
    title,
    ...(managed === undefined ? {} : { managed }),
    ...(difference === undefined ? {} : { difference }),
  };
}

/** Sections as the framework has them, without those that hold no judged control themselves and no part that does. */
function sectionsOf(framework: JudgedFramework, { posture }: SkoposSource): FrameworkSectionJson[] {
  const byId = new Map(controlsJson(posture).map((control) => [control.id, control]));
  const left = new Set(framework.controls);
  const listed = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const control = byId.get(id);
      if (control === undefined || !left.delete(id)) return [];
      return [{ ...control, number: framework.numbers?.[id] ?? '' }];
    });
  const sections = (framework.sections ?? []).map(({ number, title, controls }) => ({
    number,
    title,
    controls: listed(controls),
  }));
  const rest = listed([...left]);
  const kept = sections.filter(
    ({ number, controls }) =>
      controls.length > 0 ||
      sections.some((part) => part.number.startsWith(`${number}.`) && part.controls.length > 0),
  );
  return rest.length === 0 ? kept : [...kept, { number: '', title: '', controls: rest }];
}

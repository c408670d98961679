import type { AttackPathsJson } from '../api/skopos/contract.ts';
import type { PostureReader } from '../api/skopos/source.ts';
import { attackPaths, controlsOf, trackControls } from '../posture/attack-paths/attack-paths.ts';
import { attackTracks } from '../posture/attack-paths/tracks.ts';
import { frameworks } from '../posture/frameworks/index.ts';
import { scoreDifference } from '../posture/score-difference.ts';
import { controlScores } from '../posture/scores.ts';
import type { Embedded } from './embedded.ts';

const mostPaths = 500;

/** What is judged and how it stands, as our own API asks for it. */
export function postureReader({ engine, posture }: Pick<Embedded, 'engine' | 'posture'>): PostureReader {
  const { controls } = posture;
  const judged = new Set(controls.map(({ id }) => id));
  const chosen = new Set(posture.frameworks.map(({ name }) => name));
  const scores = () => controlScores(controls, engine.counts());
  return {
    controls,
    otherFrameworks: frameworks
      .filter(({ name }) => !chosen.has(name))
      .map(({ name, title }) => ({ name, title })),
    frameworks() {
      const now = scores();
      return posture.frameworks.map((framework) => {
        const difference = scoreDifference(framework, now);
        return { ...framework, ...(difference === undefined ? {} : { difference }) };
      });
    },
    scores,
    counts: () => engine.counts(),
    verdicts: (filter) => engine.verdicts(filter),
    attackPaths(): AttackPathsJson {
      const verdicts = engine.verdicts({
        states: ['fail', 'unknown'],
        controlIds: trackControls(attackTracks).filter((id) => judged.has(id)),
      });
      const paths = attackPaths({ tracks: attackTracks, controls, verdicts });
      return {
        total: paths.length,
        items: paths.slice(0, mostPaths),
        tracks: attackTracks.map(({ name, title, note = '', step }) => ({
          name,
          title,
          note,
          complete: paths.filter((path) => path.track === name && path.state === 'complete').length,
          possible: paths.filter((path) => path.track === name && path.state === 'possible').length,
          unjudged: controlsOf(step).filter((id) => !judged.has(id)),
        })),
      };
    },
  };
}

import type { ControlInputs } from '../../src/posture/control.ts';
import { type PostureCase, problemOf } from './posture-cases.ts';

/** Cases where upstream is wrong and our answer stands, by `rule/case`, with the reason; docs/differences.md tells more. */
const answers: Readonly<Record<string, string>> = {
  'ensure-that-the-kube-proxy-metrics-service-is-bound-to-localhost/failed':
    'without metricsBindAddress kube-proxy listens on 127.0.0.1, so that nothing is wrong',
};

/** Rules that find the same as ours do, but whose fix would do harm. All else of their cases has to agree. */
const fixes: Readonly<Record<string, string>> = {
  'ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers-cis1-10':
    'upstream’s fix adds the weak ciphers that are to go',
  'ensure-that-the-api-server-DenyServiceExternalIPs-is-set':
    'upstream’s fix switches off all other admission plugins that are listed',
};

/** Why a case that does not pass is not held against us; undefined when it is. */
export function differenceOf(one: PostureCase, defaults: ControlInputs): string | undefined {
  const answer = answers[`${one.rule}/${one.case}`];
  if (answer !== undefined) return answer;
  const fix = fixes[one.rule];
  return fix !== undefined && problemOf(one, defaults, { exceptFixes: true }) === undefined ? fix : undefined;
}

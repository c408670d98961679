import { X509Certificate } from 'node:crypto';
import type { DoctorCheckJson } from '../../api/skopos/doctor-contract.ts';
import { formatDuration } from '../../kit/duration.ts';
import type { Credentials } from '../../kube/access.ts';

/** From when on, and until when, in Unix ms. */
interface Validity {
  readonly what: string;
  readonly fromMs: number | undefined;
  readonly untilMs: number;
}

const check = { id: 'credentials', title: 'Credentials' };
const dayMs = 86_400_000;
const minuteMs = 60_000;

/** What is renewed by itself, a pod's token or a kubelet's certificate, is renewed with more of its life left than this. */
const lastPart = 0.1;
const mostWarningMs = 14 * dayMs;

/**
 * Until when the client certificate and the bearer token that we show the API server are good. Nothing of either is in the answer.
 *
 * @param nowMs by the server's clock, which is the one that counts
 */
export function credentialsCheck(credentials: Credentials, nowMs: number): DoctorCheckJson {
  const found = validitiesOf(credentials).sort((a, b) => a.untilMs - b.untilMs);
  const [first] = found;
  if (first === undefined) return { ...check, state: 'ok', message: 'they tell of no end', advice: '' };
  const { what, fromMs, untilMs } = first;
  const until = `until ${new Date(untilMs).toISOString()}`;
  const leftMs = untilMs - nowMs;
  if (leftMs <= 0)
    return {
      ...check,
      state: 'fail',
      message: `${what} expired ${ago(-leftMs)} ago`,
      advice:
        'Renew it in the kubeconfig. A pod has its token replaced by the kubelet: look at the node if that has stopped.',
    };
  const later = found.find((one) => (one.fromMs ?? 0) > nowMs);
  if (later?.fromMs !== undefined)
    return {
      ...check,
      state: 'fail',
      message: `${later.what} is not valid for another ${ago(later.fromMs - nowMs)}`,
      advice: 'Look at the clocks of this machine and of whoever issued it.',
    };
  const lifeMs = fromMs === undefined ? Number.POSITIVE_INFINITY : untilMs - fromMs;
  const isLast = leftMs < Math.min(mostWarningMs, lifeMs * lastPart);
  return {
    ...check,
    state: isLast ? 'warn' : 'ok',
    message: `${what} is good ${until}, for another ${ago(leftMs)}`,
    advice: isLast
      ? 'Renew it before then, or nothing can be read any more: what renews it by itself would have done so by now.'
      : '',
  };
}

function validitiesOf({ certificate, authorization }: Credentials): Validity[] {
  return [certificateValidity(certificate), tokenValidity(authorization)].flatMap((one) => one ?? []);
}

function certificateValidity(certificate: string | undefined): Validity | undefined {
  if (certificate === undefined) return undefined;
  try {
    const { validFrom, validTo } = new X509Certificate(certificate);
    return { what: 'the client certificate', fromMs: Date.parse(validFrom), untilMs: Date.parse(validTo) };
  } catch {
    // The API server says that it cannot be read; its check has that.
    return undefined;
  }
}

/** Of a JSON Web Token; others say nothing of themselves. Source: https://www.rfc-editor.org/rfc/rfc7519#section-4.1 */
function tokenValidity(authorization = ''): Validity | undefined {
  const [, claims] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/.exec(authorization) ?? [];
  if (claims === undefined) return undefined;
  try {
    const { exp, nbf, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    if (typeof exp !== 'number' || !Number.isFinite(exp)) return undefined;
    const from = [nbf, iat].find((one) => typeof one === 'number');
    return {
      what: 'the token',
      fromMs: typeof from === 'number' ? from * 1000 : undefined,
      untilMs: exp * 1000,
    };
  } catch {
    return undefined;
  }
}

function ago(ms: number): string {
  if (ms >= 2 * dayMs) return formatDuration(Math.floor(ms / dayMs) * dayMs);
  return ms >= minuteMs ? formatDuration(Math.floor(ms / minuteMs) * minuteMs) : 'less than a minute';
}

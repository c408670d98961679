import { describe, expect, it } from 'vitest';
import { renewed } from '../../admission/certificates.ts';
import { credentialsCheck } from './credentials-check.ts';

const nowMs = Date.parse('2026-11-21T12:00:00Z');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function token(fromMs: number, untilMs: number | undefined): { readonly authorization: string } {
  const claims = {
    iat: fromMs / 1000,
    sub: 'system:serviceaccount:skopos:skopos',
    ...(untilMs === undefined ? {} : { exp: untilMs / 1000 }),
  };
  const encoded = [{ alg: 'RS256' }, claims].map((one) =>
    Buffer.from(JSON.stringify(one)).toString('base64url'),
  );
  return { authorization: `Bearer ${encoded.join('.')}.c2lnbmF0dXJl` };
}

describe('the credentials', () => {
  it.each([
    [
      'a token of an hour that the kubelet renews',
      nowMs - 45 * 60_000,
      nowMs + 15 * 60_000,
      'ok',
      'for another 15m',
    ],
    ['one that should have been renewed', nowMs - 57 * 60_000, nowMs + 3 * 60_000, 'warn', 'for another 3m'],
    ['one that has expired', nowMs - 2 * hourMs, nowMs - hourMs, 'fail', 'expired 1h ago'],
    ['one of the future', nowMs + hourMs, nowMs + 2 * hourMs, 'fail', 'is not valid for another 1h'],
    ['a year, most of it left', nowMs - dayMs, nowMs + 364 * dayMs, 'ok', 'for another 52w'],
    ['a year, twenty days left', nowMs - 345 * dayMs, nowMs + 20 * dayMs, 'ok', 'for another 20d'],
    ['a year, ten days left', nowMs - 355 * dayMs, nowMs + 10 * dayMs, 'warn', 'for another 10d'],
    ['one without an end', nowMs, undefined, 'ok', 'no end'],
  ] as const)('%s', (_name, fromMs, untilMs, state, message) => {
    const found = credentialsCheck(token(fromMs, untilMs), nowMs);
    expect(found).toMatchObject({ state, message: expect.stringContaining(message) });
    expect(found.advice === '').toBe(state === 'ok');
    expect(JSON.stringify(found)).not.toMatch(/eyJ|serviceaccount/);
  });

  it('by a client certificate, the one of both that ends first', async () => {
    const terms = { names: ['x.svc'], validityMs: 90 * dayMs, caValidityMs: 900 * dayMs, settleMs: hourMs };
    const { serving } = await renewed(undefined, terms, nowMs);
    const certificate = serving.cert;
    const at = (ms: number) => credentialsCheck({ certificate, ...token(nowMs, nowMs + 364 * dayMs) }, ms);
    expect(at(nowMs)).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('the client certificate'),
    });
    expect(at(nowMs + 84 * dayMs).state).toBe('warn');
    expect(at(nowMs + 91 * dayMs)).toMatchObject({
      state: 'fail',
      message: 'the client certificate expired 1d ago',
    });
    expect(JSON.stringify(at(nowMs))).not.toContain('BEGIN');
  });

  it.each([
    {},
    { authorization: 'Basic dTpw' },
    { authorization: 'Bearer opaque' },
    { authorization: 'Bearer a.b.c' },
    { certificate: 'no certificate' },
  ])('that tell nothing are well: %j', (credentials) => {
    expect(credentialsCheck(credentials, nowMs)).toMatchObject({
      state: 'ok',
      message: 'they tell of no end',
    });
  });
});

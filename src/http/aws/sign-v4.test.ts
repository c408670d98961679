import { expect, it } from 'vitest';
import { signV4 } from './sign-v4.ts';

const credentials = {
  accessKey: 'AKIDEXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: '',
};
const atMs = Date.UTC(2015, 7, 30, 12, 36, 0);
const form = 'application/x-www-form-urlencoded';

// The vectors that AWS publishes: its signature version 4 test suite, and the example of its guide (the last one).
it.each([
  [
    'GET',
    'https://example.amazonaws.com/',
    '',
    {},
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'POST',
    'https://example.amazonaws.com/',
    '',
    {},
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'GET',
    'https://example.amazonaws.com/?Param2=value2&Param1=value1',
    '',
    {},
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'POST',
    'https://example.amazonaws.com/',
    'Param1=value1',
    { 'Content-Type': form },
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
] as const)('signs %s %s', (method, url, body, headers, signature) => {
  const sent = signV4({ method, url, body, headers }, credentials, {
    region: 'us-east-1',
    service: 'service',
    atMs,
  });
  expect(sent['x-amz-date']).toBe('20150830T123600Z');
  expect(sent['authorization']).toContain(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=',
  );
  expect(sent['authorization']).toMatch(new RegExp(`Signature=${signature}$`));
});

it('signs the example of the guide', () => {
  const sent = signV4(
    {
      method: 'GET',
      url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
      body: '',
      headers: { 'content-type': `${form}; charset=utf-8` },
    },
    credentials,
    { region: 'us-east-1', service: 'iam', atMs },
  );
  expect(sent['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  );
});

it('sends and signs the token of a session', () => {
  const sent = signV4(
    { method: 'POST', url: 'https://sns.eu-west-1.amazonaws.com/', body: 'a=b', headers: {} },
    { ...credentials, sessionToken: 'tok' },
    { region: 'eu-west-1', service: 'sns', atMs },
  );
  expect(sent['x-amz-security-token']).toBe('tok');
  expect(sent['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,');
});

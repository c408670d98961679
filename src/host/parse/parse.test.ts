import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAccounts } from '../root/accounts.ts';
import { argsOf } from '../root/processes.ts';
import { argumentOf, shownCommandLine } from './arguments.ts';
import { networkTypes } from './network-config.ts';
import { parseSettings, sealedSettings } from './settings-file.ts';
import { openPorts } from './sockets.ts';
import { parseStaticPod } from './static-pod.ts';

const name = fc.stringMatching(/^[a-z][a-z-]{0,10}[a-z]$/);
const value = fc.stringMatching(/^[A-Za-z0-9/._]{1,20}$/);

describe('command lines', () => {
  it('are as the kernel has them', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((text) => !text.includes('\0')),
          { minLength: 1 },
        ),
        (args) => {
          const bytes = Buffer.from(args.map((arg) => `${arg}\0`).join(''));
          expect(argsOf(bytes)).toEqual(args.map((arg) => Buffer.from(arg).toString('utf8')));
        },
      ),
    );
  });

  it('give the last value of a flag, in either form', () => {
    fc.assert(
      fc.property(name, value, value, fc.boolean(), (flag, first, last, isJoined) => {
        const args = [
          'program',
          `--${flag}=${first}`,
          ...(isJoined ? [`--${flag}=${last}`] : [`--${flag}`, last]),
        ];
        expect(argumentOf(args, flag)).toBe(last);
        expect(argumentOf(args, `${flag}x`)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['--token=hunter2'],
    ['--token', 'hunter2'],
    ['--etcd-password=hunter2'],
    ['-secret', 'hunter2'],
    ['--proxy=http://me:hunter2@example.org/'],
    ['--cloud-api-key=hunter2'],
  ])('are told without secrets: %s %s', (...args) => {
    expect(shownCommandLine(['program', ...args])).not.toContain('hunter2');
  });

  it('keep names of files', () => {
    const args = [
      'kube-apiserver',
      '--token-auth-file=/etc/tokens',
      '--service-account-key-file=/etc/sa.pub',
    ];
    expect(shownCommandLine(args)).toBe(args.join(' '));
  });
});

describe('accounts', () => {
  it('are found by number, the first of a number first', () => {
    const names = parseAccounts(
      'root:x:0:0:::\ntoor:x:0:0:::\n# no:x:1:\n\nbroken\n:x:5:\ndaemon:*:2:2:::\nbad:x:-1:0\n',
    );
    expect([...names]).toEqual([
      [0, 'root'],
      [2, 'daemon'],
    ]);
  });

  it('never fail, whatever the file holds', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2000 }), (text) => void parseAccounts(text)));
  });
});

describe('sockets', () => {
  const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, '0');
  const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  const line = (local: string, state: string) => `   0: ${local} 00000000:0000 ${state} 0 0 0`;

  it('that listen are told by address and port', () => {
    fc.assert(
      fc.property(address, fc.nat(65_535), (bytes, port) => {
        const local = `${[...bytes]
          .reverse()
          .map((byte) => hex(byte, 2))
          .join('')}:${hex(port, 4)}`;
        const text = `head\n${line(local, '0A')}\n${line(local, '01')}\n`;
        expect(openPorts(text, 'tcp')).toEqual([{ port, address: bytes.join('.') }]);
        expect(openPorts(text, 'udp')).toEqual([]);
      }),
    );
  });

  it('of IPv6 are written as people write them', () => {
    const text = (local: string) => `head\n 0: ${local}:0050 ${'0'.repeat(32)}:0000 0A 0\n`;
    const addressOf = (local: string) => openPorts(text(local), 'tcp')[0]?.address;
    expect(addressOf('0'.repeat(32))).toBe('::');
    expect(addressOf('00000000000000000000000001000000')).toBe('::1');
    expect(addressOf('B80D0120000000000000000001000000')).toBe('2001:db8::1');
    expect(addressOf('0000000000000000FFFF00000100007F')).toBe('::ffff:127.0.0.1');
  });

  it('in an unknown shape are passed over', () => {
    fc.assert(fc.property(fc.string({ maxLength: 500 }), (text) => void openPorts(text, 'tcp')));
  });
});

describe('settings', () => {
  it('are sealed wherever the secret is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.stringMatching(/^hunter[0-9]{5}$/), (around, secret) => {
        const sealed = sealedSettings(
          { around, list: [{ deep: { secret } }], secret: [secret] },
          new Set(['secret']),
        );
        expect(Buffer.from(sealed, 'base64').toString('utf8')).not.toContain(secret);
      }),
    );
  });

  it('that are none are nothing', () => {
    for (const text of ['', '- a', 'a: [', 'a: 1\na: 2', 'b: *c', '"text"'])
      expect(parseSettings(text)).toBeUndefined();
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'
        .split('')
        .map((one, i) => `${one}: &${one} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`),
    ];
    expect(parseSettings(bomb.join('\n'))).toBeUndefined();
  });
});

it('names the plugins of a network configuration', () => {
  expect(networkTypes('{"type":"a"}')).toEqual(['a']);
  expect(networkTypes('{"plugins":[{"type":"b"},{"type":3},"x",{"type":"c"}]}')).toEqual(['b', 'c']);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void networkTypes(text)));
});

it('finds where a path of a container is on the host, by the innermost mount', () => {
  const pod = parseStaticPod(
    JSON.stringify({
      spec: {
        containers: [
          {
            volumeMounts: [
              { name: 'outer', mountPath: '/etc/' },
              { name: 'inner', mountPath: '/etc/deep', subPath: 'sub' },
              { name: 'other', mountPath: '/other' },
            ],
          },
        ],
        volumes: [
          { name: 'outer', hostPath: { path: '/srv/outer' } },
          { name: 'inner', hostPath: { path: '/srv/inner/' } },
          { name: 'other', emptyDir: {} },
        ],
      },
    }),
  );
  expect(pod?.hostPathOf('/etc/a.yaml')).toBe('/srv/outer/a.yaml');
  expect(pod?.hostPathOf('/etc/deep/b.yaml')).toBe('/srv/inner/sub/b.yaml');
  expect(pod?.hostPathOf('/etc/deeper')).toBe('/srv/outer/deeper');
  expect(pod?.hostPathOf('/other/c')).toBeUndefined();
  expect(parseStaticPod('kind: Pod')).toBeUndefined();
});

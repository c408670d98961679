import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  parseBlkio,
  parseCpuMax,
  parseIoStat,
  parseKeyed,
  parseNetDev,
  parseNumber,
  parseOpenFilesLimit,
  parsePressure,
  UnknownShapeError,
} from './cgroup-files.ts';

it('reads lines of names and values', () => {
  expect([...parseKeyed('usage_usec 12\nnr_periods 0\n')]).toEqual([
    ['usage_usec', 12],
    ['nr_periods', 0],
  ]);
  expect(() => parseKeyed('usage_usec twelve\n')).toThrow(UnknownShapeError);
  expect(() => parseKeyed('nothing\n')).toThrow(UnknownShapeError);
});

it('knows no limit in each of its spellings', () => {
  expect([parseNumber('max\n'), parseNumber('-1\n'), parseNumber('42\n')]).toEqual([
    undefined,
    undefined,
    42,
  ]);
  expect(parseCpuMax('max 100000\n')).toEqual({ quota: undefined, period: 100_000 });
  expect(parseCpuMax('50000 100000\n')).toEqual({ quota: 50_000, period: 100_000 });
});

it('reads pressure with and without its second line', () => {
  const some = 'some avg10=0.00 avg60=0.17 avg300=2.05 total=1030523\n';
  expect(parsePressure(some)).toEqual({ some: 1_030_523, full: undefined });
  expect(parsePressure(`${some}full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n`)).toEqual({
    some: 1_030_523,
    full: 7,
  });
});

it('reads io.stat, devices that did nothing left out and fields of later kernels passed over', () => {
  expect(
    parseIoStat('8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 cost.usage=7 new=8\n7:1 \n'),
  ).toEqual([{ device: '8:0', readBytes: 1, writtenBytes: 2, reads: 3, writes: 4, costUsage: 7 }]);
});

it('reads files of blkio', () => {
  const text = '8:0 Read 10\n8:0 Write 20\n8:0 Sync 30\n8:16 Write 5\nTotal 35\n';
  expect([...parseBlkio(text)]).toEqual([
    ['8:0', { read: 10, write: 20 }],
    ['8:16', { read: 0, write: 5 }],
  ]);
});

it('reads interfaces, whose names may have a colon', () => {
  const text = ['Inter-| ...', ' face |...', 'eth0:1: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0', ''].join('\n');
  expect(parseNetDev(text)).toEqual([{ name: 'eth0:1', counts: [1, 2, 3, 4, 5, 6, 7, 8] }]);
});

it('reads the limit of open files', () => {
  const head = 'Limit                     Soft Limit           Hard Limit           Units\n';
  expect(parseOpenFilesLimit(`${head}Max open files            1024                 4096   files\n`)).toBe(
    1024,
  );
  expect(
    parseOpenFilesLimit(`${head}Max open files            unlimited            unlimited   files\n`),
  ).toBe(Number.POSITIVE_INFINITY);
  expect(parseOpenFilesLimit(head)).toBeUndefined();
});

it('refuses whatever else stands there as a shape that it does not know, and nothing worse', () => {
  const parsers = [parseKeyed, parseNumber, parseCpuMax, parsePressure, parseIoStat, parseBlkio, parseNetDev];
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('8:0 Read 1', 'some total=1', 'a 1', 'max', '', 'a b c'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...parsers), fc.array(line), (parse, lines) => {
      try {
        parse(lines.join('\n'));
      } catch (error) {
        expect(error).toBeInstanceOf(UnknownShapeError);
      }
    }),
  );
});

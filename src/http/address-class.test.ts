import { expect, it } from 'vitest';
import { addressClass } from './address-class.ts';

it.each([
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['169.254.169.254', 'link-local'],
  ['::ffff:169.254.169.254', 'link-local'],
  ['fe80::1', 'link-local'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['fd12::1', 'private'],
  ['172.32.0.1', 'public'],
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
  ['example.com', undefined],
])('%s is %s', (address, expected) => {
  expect(addressClass(address)).toBe(expected);
});

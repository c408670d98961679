import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alertText, groupText, listText } from './list-text.ts';
import type { AlertState } from './source.ts';

const labels = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
const names = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 });
const time = fc.integer({ min: 0, max: 4e12 });
const alert: fc.Arbitrary<AlertState> = fc.record({
  fingerprint: fc.constant('0123456789abcdef'),
  labels,
  annotations: labels,
  startsAtMs: time,
  endsAtMs: time,
  updatedAtMs: time,
  generatorURL: fc.string(),
  receivers: names,
  status: fc.record({
    state: fc.constantFrom('unprocessed', 'active', 'suppressed'),
    silencedBy: names,
    inhibitedBy: names,
    mutedBy: names,
  }),
});

it('writes JSON that says of every alert what there is to say, whatever its text', () => {
  fc.assert(
    fc.property(alert, (one) => {
      expect(JSON.parse(alertText(one))).toEqual({
        annotations: one.annotations,
        endsAt: new Date(one.endsAtMs).toISOString(),
        fingerprint: one.fingerprint,
        receivers: one.receivers.map((name) => ({ name })),
        startsAt: new Date(one.startsAtMs).toISOString(),
        status: one.status,
        updatedAt: new Date(one.updatedAtMs).toISOString(),
        ...(one.generatorURL === '' ? {} : { generatorURL: one.generatorURL }),
        labels: one.labels,
      });
    }),
  );
});

it('writes a group with its alerts', () => {
  fc.assert(
    fc.property(fc.array(alert, { maxLength: 3 }), labels, fc.string(), (alerts, own, receiver) => {
      expect(JSON.parse(groupText({ alerts, labels: own, routeLabels: own, receiver }))).toEqual({
        alerts: alerts.map((one) => JSON.parse(alertText(one))),
        labels: own,
        routeLabels: own,
        receiver: { name: receiver },
      });
    }),
  );
});

it.each([0, 1, 3, 20_000])('puts a list of %d together from its pieces', async (count) => {
  const items = Array.from({ length: count }, (_, i) => i);
  const pieces: Buffer[] = [];
  for await (const piece of listText(items, (i) => JSON.stringify({ i, text: 'ä'.repeat(10) })))
    pieces.push(piece as Buffer);
  expect((JSON.parse(Buffer.concat(pieces).toString()) as { i: number }[]).map(({ i }) => i)).toEqual(items);
  if (count > 10_000) expect(pieces.length).toBeGreaterThan(5);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { postedAlerts } from './json.ts';
import { readAlerts } from './read-alerts.ts';

const odd = fc.constantFrom<unknown>(
  null,
  1,
  '',
  [],
  {},
  undefined,
  'x',
  '2030-01-01',
  '2030-01-01T00:00:00Z',
);
const labels = fc.oneof(
  { weight: 9, arbitrary: fc.dictionary(fc.string(), fc.string()) },
  { weight: 1, arbitrary: fc.dictionary(fc.string(), odd) },
  { weight: 1, arbitrary: odd },
);
const alert = fc.record(
  {
    labels,
    annotations: labels,
    startsAt: fc.oneof(fc.constant('2030-01-01T00:00:00+02:00'), odd),
    endsAt: fc.oneof(fc.constant('0001-01-01T00:00:00Z'), odd),
    generatorURL: fc.oneof(fc.webUrl(), odd),
    other: odd,
  },
  { requiredKeys: [] },
);

it('reads what the schema reads, to the same alerts', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.oneof(alert, odd), { maxLength: 4 }), odd), (body) => {
      const read = readAlerts(body);
      if (read === undefined) return;
      expect(postedAlerts.parse(body)).toEqual(read);
    }),
    { numRuns: 500 },
  );
});

it('reads what Prometheus sends by itself', () => {
  const body = [
    {
      labels: { alertname: 'A' },
      annotations: {},
      startsAt: '2030-01-01T00:00:00Z',
      endsAt: '2030-01-01T00:04:00Z',
      generatorURL: 'http://p/graph',
    },
  ];
  expect(readAlerts(body)).toMatchObject([{ startsAtMs: Date.UTC(2030, 0, 1), labels: { alertname: 'A' } }]);
});

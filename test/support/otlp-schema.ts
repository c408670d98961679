import protobuf from 'protobufjs';

/** OTLP's messages for metrics as their documents describe them, for a general writer. */
const root = protobuf.parse(`syntax = "proto3"; package otlp;
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; string schema_url = 3; }
message Metric { string name = 1; string description = 2; string unit = 3; oneof data { Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; ExponentialHistogram exponential_histogram = 10; Summary summary = 11; } }
message Gauge { repeated NumberDataPoint data_points = 1; }
message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated HistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message ExponentialHistogram { repeated ExponentialHistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message Summary { repeated SummaryDataPoint data_points = 1; }
message NumberDataPoint { repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; } repeated Exemplar exemplars = 5; uint32 flags = 8; }
message HistogramDataPoint { repeated KeyValue attributes = 9; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; optional double sum = 5; repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7; repeated Exemplar exemplars = 8; uint32 flags = 10; }
message ExponentialHistogramDataPoint { repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; optional double sum = 5; sint32 scale = 6; fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9; uint32 flags = 10; repeated Exemplar exemplars = 11; double zero_threshold = 14;
  message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; } }
message SummaryDataPoint { repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5; repeated ValueAtQuantile quantile_values = 6; uint32 flags = 8;
  message ValueAtQuantile { double quantile = 1; double value = 2; } }
message Exemplar { repeated KeyValue filtered_attributes = 7; fixed64 time_unix_nano = 2; oneof value { double as_double = 3; sfixed64 as_int = 6; } bytes span_id = 4; bytes trace_id = 5; }
message ExportMetricsServiceResponse { PartialSuccess partial_success = 1; }
message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }`).root;

/** A request of OTLP's JSON form as protobuf. Ids are given in hexadecimal, as there. */
export function otlpProtobuf(request: object): Buffer {
  const type = root.lookupType('otlp.ExportMetricsServiceRequest');
  const withBytes = JSON.parse(JSON.stringify(request), (key, value: unknown) =>
    key === 'traceId' || key === 'spanId' ? Buffer.from(String(value), 'hex').toString('base64') : value,
  ) as object;
  return Buffer.from(type.encode(type.fromObject(withBytes)).finish());
}

export function otlpResponse(bytes: Uint8Array): {
  partialSuccess?: { rejectedDataPoints: number; errorMessage: string };
} {
  const type = root.lookupType('otlp.ExportMetricsServiceResponse');
  return type.toObject(type.decode(bytes), { longs: Number });
}

/** One resource with everything that metrics can be. @param atMs of every point */
export function otlpExample(atMs: number): object {
  const time = { timeUnixNano: `${atMs}000000`, startTimeUnixNano: `${atMs - 1000}000000` };
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            text('service.name', 'shop'),
            text('service.namespace', 'web'),
            text('service.instance.id', 'i-1'),
            text('k8s.pod.name', 'shop-0'),
            { key: 'replicas', value: { intValue: '3' } },
          ],
        },
        scopeMetrics: [
          {
            scope: { name: 'lib', version: '1.2', attributes: [text('a.b', 'c')] },
            schemaUrl: 'http://schema',
            metrics: [
              {
                name: 'room.temperature',
                description: 'How warm.',
                unit: 'Cel',
                gauge: {
                  dataPoints: [
                    {
                      ...time,
                      asDouble: 21.5,
                      attributes: [
                        text('room/name', 'a'),
                        text('room.name', 'b'),
                        text('1st', 'x'),
                        text('_one', 'y'),
                      ],
                    },
                  ],
                },
              },
              { name: 'load', unit: '1', gauge: { dataPoints: [{ ...time, asInt: '-7' }] } },
              {
                name: 'http.requests',
                unit: '{request}',
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: true,
                  dataPoints: [
                    {
                      ...time,
                      asInt: '12',
                      attributes: [
                        { key: 'ok', value: { boolValue: true } },
                        {
                          key: 'list',
                          value: { arrayValue: { values: [{ stringValue: 'x' }, { doubleValue: 1.5 }] } },
                        },
                      ],
                      exemplars: [
                        {
                          timeUnixNano: time.timeUnixNano,
                          asDouble: 1,
                          traceId: '0102030405060708090a0b0c0d0e0f10',
                          spanId: '0102030405060708',
                          filteredAttributes: [text('user', 'u')],
                        },
                      ],
                    },
                  ],
                },
              },
              {
                name: 'sent',
                unit: 'By/s',
                sum: {
                  aggregationTemporality: 2,
                  isMonotonic: false,
                  dataPoints: [{ ...time, asDouble: 2 }],
                },
              },
              {
                name: 'latency',
                unit: 'ms',
                histogram: {
                  aggregationTemporality: 2,
                  dataPoints: [
                    {
                      ...time,
                      count: '6',
                      sum: 12.5,
                      bucketCounts: ['1', '2', '3'],
                      explicitBounds: [0.5, 10],
                      exemplars: [
                        {
                          timeUnixNano: time.timeUnixNano,
                          asDouble: 7,
                          traceId: '0102030405060708090a0b0c0d0e0f10',
                        },
                      ],
                    },
                  ],
                },
              },
              {
                name: 'size',
                exponentialHistogram: {
                  aggregationTemporality: 2,
                  dataPoints: [
                    {
                      ...time,
                      count: '11',
                      sum: 100,
                      scale: 1,
                      zeroCount: '1',
                      positive: { offset: -1, bucketCounts: ['1', '2', '0', '0', '0', '0', '3'] },
                      negative: { offset: 2, bucketCounts: ['4'] },
                    },
                  ],
                },
              },
              {
                name: 'fine',
                exponentialHistogram: {
                  aggregationTemporality: 2,
                  dataPoints: [
                    {
                      ...time,
                      count: '10',
                      sum: 10,
                      scale: 10,
                      zeroCount: '0',
                      positive: { offset: -3, bucketCounts: ['1', '2', '3', '4'] },
                    },
                  ],
                },
              },
              {
                name: 'old',
                summary: {
                  dataPoints: [
                    {
                      ...time,
                      count: '4',
                      sum: 8,
                      quantileValues: [
                        { quantile: 0.5, value: 1 },
                        { quantile: 0.99, value: 3 },
                      ],
                    },
                  ],
                },
              },
              {
                name: 'delta',
                sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ ...time, asInt: '1' }] },
              },
              { name: 'gone', gauge: { dataPoints: [{ ...time, asDouble: 1, flags: 1 }] } },
            ],
          },
        ],
      },
    ],
  };
}

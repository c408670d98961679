/** The words of the API, straight from the server's contract. */
export type {
  AlertDetailJson,
  AlertJson,
  AlertsJson,
  DrillJson,
  ErrorJson,
  EventsJson,
  FacetJson,
  FindingDetailJson,
  FindingJson,
  FindingsJson,
  FrameworkScoreJson,
  InboxJson,
  InboxMessageJson,
  LedgerJson,
  LedgerRowJson,
  OverviewJson,
  PartJson,
  SeverityCounts,
} from '../../../src/api/skopos/contract.ts';
export type { ObjectRef } from '../../../src/model/object.ts';
export type { Evidence, Severity } from '../../../src/model/verdict.ts';

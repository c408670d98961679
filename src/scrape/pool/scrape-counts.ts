/** What happened to scrapes since the start, for our own series. */
export class ScrapeCounts {
  scrapes = 0;
  failures = 0;
  /** Rounds that were left out as the one before still ran, or the process was busy. */
  missed = 0;
  exceededSampleLimit = 0;
  exceededBodyLimit = 0;
  exceededLabelLimit = 0;
  exceededTargetLimit = 0;
  repeated = 0;
  outOfOrder = 0;
  outOfBounds = 0;
  samples = 0;
}

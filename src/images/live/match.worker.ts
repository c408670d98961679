import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../kit/app-error.ts';
import { VulnerabilityDatabase } from '../database/vulnerability-database.ts';
import { doMatchJob, type MatchJob, type MatchReply, type MatchThreadData } from './match-job.ts';
import { databaseMatcher } from './matcher.ts';

/** Matches images one after another, in a thread of its own. */
const { folder, maxAgeMs, rules } = workerData as MatchThreadData;
const matcher = databaseMatcher(VulnerabilityDatabase.open(folder, { maxAgeMs }), () => rules);

parentPort?.on('message', (job: MatchJob) => {
  let reply: MatchReply;
  try {
    reply = { row: doMatchJob(job, matcher) };
  } catch (error) {
    reply = { problem: messageOf(error) };
  }
  parentPort?.postMessage(reply);
});

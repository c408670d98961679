import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type GrypeConfig, readGrypeConfig } from '../../images/match/grype-config.ts';
import type { MatchOptions } from '../../images/match/match-sbom.ts';
import type { MatchSettings } from '../../images/match/match-settings.ts';
import { readVex } from '../../images/match/vex/read-vex.ts';
import { VexBook } from '../../images/match/vex/vex-book.ts';
import { BadInputError, messageOf } from '../../kit/app-error.ts';

export interface MatchFlags {
  /** A `.grype.yaml`. */
  readonly config?: string;
  readonly vex?: readonly string[];
  readonly onlyFixed?: true;
  readonly byCve?: true;
  readonly cpes?: MatchSettings['cpes'];
}

export interface ReadOptions {
  readonly options: MatchOptions;
  /** Of the configuration, in lower case; empty for none. */
  readonly failOnSeverity: string;
}

const emptyConfig: GrypeConfig = {
  ignore: [],
  settings: {},
  byCve: false,
  onlyFixed: false,
  failOnSeverity: '',
  vexDocuments: [],
};

/** How to match, by the flags and the configuration that they name. @throws {BadInputError} naming the file and what is wrong. */
export async function readMatchOptions(
  flags: MatchFlags,
  cwd: string,
  reference: string,
): Promise<ReadOptions> {
  const config =
    flags.config === undefined
      ? emptyConfig
      : readGrypeConfig(await readText(resolve(cwd, flags.config)), flags.config);
  const documents = [...config.vexDocuments, ...(flags.vex ?? [])];
  const statements = await Promise.all(
    documents.map(async (file) => readVex(await readText(resolve(cwd, file)), file)),
  );
  const onlyFixed = flags.onlyFixed === true || config.onlyFixed;
  return {
    options: {
      reference,
      settings: { ...config.settings, ...(flags.cpes === undefined ? {} : { cpes: flags.cpes }) },
      byCve: flags.byCve === true || config.byCve,
      ignore: [...config.ignore, ...(onlyFixed ? unfixed : [])],
      ...(documents.length === 0 ? {} : { vex: new VexBook(statements.flat()) }),
    },
    failOnSeverity: config.failOnSeverity,
  };
}

/** What `--only-fixed` leaves out. */
const unfixed = ['not-fixed', 'wont-fix', 'unknown'].map((fixState) => ({
  fixState,
  reason: 'there is no fix',
}));

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BadInputError('', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

import { z } from 'zod';
import type { FastifyInstance } from '../../http/server.ts';
import type { BacktestInputJson, BacktestJson, BacktestsJson, RuleLintsJson } from './contract.ts';
import { base, bodyOf } from './parameters.ts';

/** Trying out rules: what is wrong with them, and what they would have done. */
export interface RuleChecks {
  /** Of a text, or of the rules that run. @throws {RuleFileError} for a text that does not load. */
  lint(text: string | undefined): Promise<RuleLintsJson>;
  readonly backtests: {
    /** @throws {BadInputError | UnavailableError} */
    start(input: BacktestInputJson): BacktestJson;
    list(): BacktestsJson;
    /** @throws {NotFoundError} */
    get(id: string): BacktestJson;
    /** @throws {NotFoundError} */
    cancel(id: string): BacktestJson;
  };
}

const maxRulesChars = 1_000_000;
const rulesText = z.string().max(maxRulesChars, `at most ${maxRulesChars} characters`);
const lintBody = z.strictObject({ rules: rulesText });
const backtestBody = z.strictObject({
  rules: rulesText.optional(),
  group: z.string().optional(),
  rule: z.string().optional(),
  since: z.string().default('24h'),
});

/** Lints and back-tests of rules. */
export function ruleCheckRoutes(app: FastifyInstance, checks: RuleChecks): void {
  const { backtests } = checks;

  app.get(`${base}/rules/lint`, () => checks.lint(undefined));

  app.post(`${base}/rules/lint`, (request) => checks.lint(bodyOf(lintBody, request).rules));

  app.get(`${base}/backtests`, async (): Promise<BacktestsJson> => backtests.list());

  app.post(`${base}/backtests`, async (request): Promise<BacktestJson> => {
    const { rules, group, rule, since } = bodyOf(backtestBody, request);
    return backtests.start({
      since,
      ...(rules === undefined ? {} : { rules }),
      ...(group === undefined ? {} : { group }),
      ...(rule === undefined ? {} : { rule }),
    });
  });

  app.get(`${base}/backtests/:id`, async (request): Promise<BacktestJson> => backtests.get(idOf(request)));

  app.delete(
    `${base}/backtests/:id`,
    async (request): Promise<BacktestJson> => backtests.cancel(idOf(request)),
  );
}

function idOf({ params }: { readonly params: unknown }): string {
  return (params as { readonly id: string }).id;
}

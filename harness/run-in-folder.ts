import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findDataset } from '../datasets/find-dataset.ts';
import { howAgentsWork } from './agents.ts';
import { datasetOf, requireSameMachine } from './assemble.ts';
import { budgetUse, timer } from './budget.ts';
import { runCampaign } from './campaign.ts';
import type { CampaignLog, CampaignState } from './core/campaign-state.ts';
import { UsageError } from './core/errors.ts';
import type { ModelCard } from './core/exchange.ts';
import type { StopReason } from './core/journal.ts';
import type { Fingerprint } from './core/machine.ts';
import type { ProgressView } from './core/progress.ts';
import { type CampaignSpec, parseSpec } from './core/spec.ts';
import { DuplicateIndex } from './evaluate/duplicates.ts';
import { HeldOutEvaluators, heldOutConditions } from './evaluate/held-out.ts';
import { trainerChoice } from './evaluate/learned/trainer.ts';
import { GroupLearner } from './learn/group-learner.ts';
import { grammarsOf } from './propose/grammar/grammars.ts';
import { tokensSpent } from './propose/llm/budget.ts';
import { PromptWriter } from './propose/prompt/compose.ts';
import { modelsOf, openProposers, requireKeys, requireProposable } from './proposers.ts';
import { CampaignRecord } from './record/campaign-record.ts';
import { seedCandidates } from './seeds.ts';
import { makeWorkplace } from './workplace.ts';

/** What a resumed campaign may be given more of. */
export const extendable = [
  'maxMinutes',
  'maxEvaluations',
  'maxEvaluationHours',
  'maxDollars',
  'maxTokens',
  'maxRequests',
] as const satisfies readonly (keyof CampaignSpec)[];

export type Extension = Partial<Pick<CampaignSpec, (typeof extendable)[number]>>;

export interface CampaignRun {
  readonly runDir: string;
  readonly cacheDir: string;
  /** For a campaign that begins; one that goes on has its specification in its journal. */
  readonly spec?: CampaignSpec;
  /** A larger budget for one that goes on. */
  readonly extension?: Extension;
  /** An environment variable: keys of models, and where LibTorch lies. */
  readonly variable?: (name: string) => string | undefined;
  readonly progress: ProgressView;
  readonly signal: AbortSignal;
}

/** Begins or continues the campaign in `runDir`, to its end. */
export async function runCampaignIn({
  runDir,
  cacheDir,
  spec,
  extension = {},
  variable = () => undefined,
  progress,
  signal,
}: CampaignRun): Promise<StopReason> {
  const began = performance.now();
  let record = spec ? undefined : await CampaignRecord.open(runDir);
  try {
    if (record) await extend(record, extension);
    const active = spec ?? record!.state.spec;
    const slotGrammars = grammarsOf(active.target);
    const conditions = heldOutConditions(active);
    // What is wrong with datasets, models and keys is said now, not at the first promotion or call.
    for (const { spec } of conditions) await findDataset(datasetOf(spec), cacheDir);
    await requireProposable(active);
    const models = record?.state.models ?? (await modelsOf(active));
    const keys = requireKeys(models, variable);
    const making = { cacheDir, progress, signal, trainer: trainerChoice(variable) };
    const workplace = await makeWorkplace(active, making);
    const { fingerprint } = workplace;
    record ??= await begin(runDir, active, fingerprint, models);
    const opened = record;
    requireSameMachine(opened.state.fingerprint, fingerprint);
    const seen = [...Object.values(opened.state.seeds), ...opened.state.attempts.map(({ candidate }) => candidate)];
    const { evaluator, close } = await workplace.open({
      seedCost: () => opened.state.seedOutcome?.cost,
      duplicates: new DuplicateIndex(seen),
    });
    const heldOut = new HeldOutEvaluators(conditions, async ({ spec }) => {
      const sameData = spec.dataset === active.dataset;
      return (sameData ? workplace : await makeWorkplace(spec, making)).open({ spec });
    });
    const writer = await PromptWriter.open(active);
    const onEvent = (message: string) => progress.event({ type: 'step', message });
    const before = opened.state.elapsedSeconds;
    const elapsed = () => before + (performance.now() - began) / 1000;
    const log = watchedLog(opened, () => progress.event({ type: 'budget', ...budgetUse(opened.state, elapsed()) }));
    const timeUp = AbortSignal.any([signal, timer(active.maxMinutes * 60 - elapsed())]);
    const parts = { spec: active, grammars: slotGrammars, log, runDir, writer, models, keys, onEvent, signal: timeUp };
    const proposers = await openProposers(parts);
    if (active.proposer === 'agent') onEvent(howAgentsWork(active.name));
    try {
      return await runCampaign({
        record: opened,
        proposers,
        evaluator,
        heldOut,
        learner: new GroupLearner(slotGrammars, writer.strategyNames),
        progress,
        elapsed,
        signal,
      });
    } finally {
      for (const proposer of Object.values(proposers)) await proposer.close?.();
      await heldOut.close();
      await close();
    }
  } finally {
    await record?.close();
  }
}

/** A proposer's view of the record; whoever watches is told of each call to a model, while answers are awaited. */
function watchedLog(record: CampaignLog, onCall: () => void): CampaignLog {
  const calls: readonly string[] = ['request-sent', 'answer-received', 'request-failed'];
  return {
    get state() {
      return record.state;
    },
    async append(entry) {
      await record.append(entry);
      if (calls.includes(entry.type)) onCall();
    },
  };
}

async function begin(
  runDir: string,
  spec: CampaignSpec,
  fingerprint: Fingerprint,
  models: readonly ModelCard[],
): Promise<CampaignRecord> {
  const seeds = await seedCandidates(spec.target);
  const snapshot = models.length > 0 ? { models } : {};
  const record = await CampaignRecord.open(runDir, { type: 'campaign-started', spec, fingerprint, seeds, ...snapshot });
  await writeFile(join(runDir, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`);
  return record;
}

/** @throws UsageError where the campaign has spent a budget and is given no more of it */
async function extend(record: CampaignRecord, extension: Extension): Promise<void> {
  const { spec, stopReason } = record.state;
  const extended = parseSpec({ ...spec, ...extension });
  const spent = stopReason === null || stopReason === 'interrupted' ? [] : spentBudgets(record.state, extended);
  if (spent.length === 0) {
    if (JSON.stringify(extended) !== JSON.stringify(spec))
      await record.append({ type: 'campaign-extended', spec: extended });
    return;
  }
  throw new UsageError(
    `campaign "${spec.name}" is finished (${stopReason}): ${spent.map(({ said }) => said).join(' and ')} ${spent.length > 1 ? 'are' : 'is'} spent; ` +
      `to go on, raise ${spent.map(({ flag }) => flag).join(' and ')}`,
  );
}

/** Of the budgets to go on with, those with nothing left, or with too little for the next call; and the flags that raise them. */
function spentBudgets(state: CampaignState, extended: CampaignSpec) {
  const { spec, stopReason, elapsedSeconds, attempts, evaluationSeconds, ledger } = state;
  const uses = [
    { field: 'maxMinutes', used: elapsedSeconds / 60, unit: 'minutes', ended: 'time-budget' },
    { field: 'maxEvaluations', used: attempts.length, unit: 'evaluations', ended: 'evaluation-budget' },
    {
      field: 'maxEvaluationHours',
      used: evaluationSeconds / 3600,
      unit: 'evaluation hours',
      ended: 'evaluation-hours',
    },
    { field: 'maxDollars', used: ledger.dollars, unit: 'dollars', ended: 'money-budget' },
    { field: 'maxTokens', used: tokensSpent(state), unit: 'tokens', ended: 'token-budget' },
    { field: 'maxRequests', used: ledger.requests, unit: 'requests', ended: 'request-budget' },
  ] as const;
  return uses.flatMap(({ field, used, unit, ended }) => {
    const cap = extended[field];
    const raised = cap === undefined || cap > (spec[field] ?? Number.POSITIVE_INFINITY);
    if (cap === undefined || (used < cap && (raised || stopReason !== ended))) return [];
    const said = `${Number(used.toFixed(used < 1 ? 4 : 1))} of ${cap} ${unit}`;
    return [{ said, flag: flagOf(field) }];
  });
}

function flagOf(field: (typeof extendable)[number]): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

import { isFatalMistake, type Outcome, type Stage, unreachable } from '../harness/core/outcome.ts';

/** Scored rewards end here, in nats of area ratio (a factor of 4.5): beyond it one lucky outlier would own its group. */
export const scoredLimit = 1.5;

/**
 * Fixed rewards of failures, all below any scored one, ordered by how far the candidate came. They lie close together and
 * close below: where a group is normalised by its standard deviation, a deep pit would flatten all differences among those
 * that ran.
 */
const floors = {
  /** Below everything: a candidate that cheats must do worse than one that does not compile. */
  tampered: -2.5,
  rejected: -2.2,
  compileError: -2.1,
  /** A crash, time-out or limit in the first stage; each later stage earns `stageStep` more, up to -1.81. */
  firstStage: -2.05,
  stageStep: 0.04,
  /** Answers, but all wrong; rises to `nearlyEnoughRecall` as recall nears what is required. */
  noRecall: -1.8,
  nearlyEnoughRecall: -1.6,
};

/** How far each stage is from the first. A learned target has a training where the graph has a build, and is examined and not timed. */
const stageRank: Readonly<Record<Stage, number>> = {
  check: 0,
  compile: 1,
  build: 2,
  train: 2,
  prepare: 3,
  smoke: 4,
  measure: 5,
  examine: 5,
  sanitize: 6,
};

/**
 * An outcome as one number to learn from: log(area / seed's area), clipped (of a learned target: the difference of two rewards); fixed floors for failures.
 * The area ratio is taken through the champion, since only figures timed in the same run are compared.
 * @param championSpeedup the champion's area over the seed's, 1 for the seed itself
 */
export function reward(outcome: Outcome, { championSpeedup }: { readonly championSpeedup: number }): number {
  switch (outcome.kind) {
    case 'scored':
      return Math.max(-scoredLimit, Math.min(scoredLimit, Math.log(outcome.speedup.value * championSpeedup)));
    case 'low-recall': {
      const share = Math.max(0, Math.min(1, outcome.best / outcome.required));
      return floors.noRecall + share * (floors.nearlyEnoughRecall - floors.noRecall);
    }
    case 'crashed':
    case 'timed-out':
    case 'over-limit':
      return floorOfStage(outcome.stage);
    case 'compile-error':
      return floors.compileError;
    case 'rejected':
      return floors.rejected;
    case 'tampered':
      return isFatalMistake(outcome) ? floorOfStage(outcome.stage) : floors.tampered;
    default:
      return unreachable(outcome);
  }
}

function floorOfStage(stage: Stage): number {
  return floors.firstStage + floors.stageStep * stageRank[stage];
}

import type { CampaignState } from '../../core/campaign-state.ts';
import type { Candidate } from '../../core/candidate.ts';
import { isLearned } from '../../core/target.ts';
import { fenced } from './contract.ts';
import { measurementText, scoreText } from './measurements.ts';
import { type Score, scoreOf } from './score.ts';

/** A header with its name, its score and what was measured of it. Without its source where there is no room, saying so. */
export function headerText(candidate: Candidate, score: Score | null, withSource = true): string {
  const source = withSource
    ? fenced(candidate.source)
    : `(Its source is left out for length. ${summaryComment(candidate.source)})`;
  return [`${candidate.id}: ${scoreText(score)}.`, measurementText(score), source].filter(Boolean).join('\n\n');
}

/**
 * Headers to compare, slowest first, so that the reader goes with the gain: CRINN's contrastive form (arXiv 2508.02091). The last
 * `sources` of them come with their source; those that never scored come first, and lose it first.
 */
export function exemplarsText(state: CampaignState, exemplars: readonly Candidate[], sources: number): string {
  if (exemplars.length === 0) return '';
  const scored = exemplars
    .map((candidate) => ({ candidate, score: scoreOf(state, candidate) }))
    .sort((one, other) => (one.score?.overSeed.value ?? 0) - (other.score?.overSeed.value ?? 0));
  const texts = scored.map(
    ({ candidate, score }, index) =>
      `## Implementation ${index + 1}\n\n${headerText(candidate, score, index >= scored.length - sources)}`,
  );
  const preface = isLearned(state.spec.target)
    ? 'From the poorest to the best. A score is exp(R - R of the seed), R the reward, with its 95 % interval over training seeds and queries.'
    : 'From the slowest to the fastest. A score is the area over that of the seed, with its 95 % interval; queries per second were taken at different times, so compare headers by their scores, and a curve with itself.';
  return [`# Other implementations of this slot\n\n${preface}`, ...texts].join('\n\n');
}

/** What a header's first comment says, in one line; empty where it has none. */
export function summaryComment(source: string, width = 400): string {
  const lines = source.split(/\r?\n/);
  const first = lines.findIndex((line) => line.startsWith('//'));
  if (first < 0 || lines.slice(0, first).some((line) => line.trim() !== '' && !line.startsWith('#'))) return '';
  const length = lines.slice(first).findIndex((line) => !line.startsWith('//'));
  const comment = lines.slice(first, length < 0 ? undefined : first + length).map((line) => line.replace(/^\/+ ?/, ''));
  const text = comment
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/^Slot `\w+`: /, '')
    .trim();
  const sentence = text.slice(0, 1).toUpperCase() + text.slice(1);
  return sentence.length <= width ? sentence : `${sentence.slice(0, width - 1)}…`;
}

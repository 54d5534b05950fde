import { createHash } from 'node:crypto';
import type { CampaignState } from '../core/campaign-state.ts';
import { type Candidate, describeOrigin } from '../core/candidate.ts';
import { type Fingerprint, fingerprintHash } from '../core/machine.ts';
import type { HeldOutResult, Interval, Outcome } from '../core/outcome.ts';
import { slotsOf } from '../core/target.ts';
import type { ChosenIndex } from './chosen-index.ts';
import type { Claim } from './claim.ts';
import type { TrainedEvidence } from './trained-index.ts';

/** A header on the way from the seed to what is exported. */
export interface LineageStep {
  readonly id: string;
  /** SHA-256 of the header's text. */
  readonly source: string;
  readonly parents: readonly string[];
  readonly proposedBy: string;
  /** SHA-256 of the prompt's messages as JSON; null where no prompt was asked. */
  readonly prompt: { readonly id: string; readonly sha256: string } | null;
  /** In the campaign's own git repository; null where that repository is not there. */
  readonly commit: string | null;
}

/** A slot's header: where it came from, and what was measured of it. */
export interface SlotEvidence {
  readonly id: string;
  readonly isSeed: boolean;
  /** The seed index with this header alone in place, in the final measurement. */
  readonly alone: Interval | null;
  /** On queries of their own, each beside the champion of its time. */
  readonly promotions: readonly {
    readonly outcome: Outcome;
    readonly heldOut: readonly HeldOutResult[];
    readonly promoted: boolean;
  }[];
  /** Itself first, then parent by parent to the seed. */
  readonly lineage: readonly LineageStep[];
}

/** EVIDENCE.json: everything the campaign knows of what is in the package. Nothing in it but `trained` comes from anywhere but the journal. */
export interface Evidence {
  readonly format: 'annvil-evidence-1';
  readonly package: { readonly name: string; readonly version: string; readonly identifier: string };
  readonly licence: string;
  readonly campaign: {
    readonly name: string;
    readonly target: string;
    readonly attempts: number;
    readonly elapsedSeconds: number;
    readonly ended: string | null;
    /** SHA-256 of journal.jsonl. */
    readonly journal: string;
    /** Of the harness that ran it, and of the one that exported. */
    readonly harnessVersion: string;
    readonly exportedBy: string;
  };
  readonly claim: Claim;
  readonly slots: Readonly<Record<string, SlotEvidence>>;
  readonly dataset: {
    readonly name: string;
    readonly metric: 'euclidean' | 'angular';
    /** SHA-256 of metric, shapes, base rows and query rows. */
    readonly hash: string;
    readonly baseVectors: string | null;
    readonly queryVectors: string | null;
    readonly groundTruth: string | null;
  };
  /** The training that the package brings; null where it builds. */
  readonly trained: TrainedEvidence | null;
  readonly build: { readonly maxDegree: number; readonly seed: number; readonly threads: number };
  /** The seed beside itself, which must show no difference: what the clock was worth. */
  readonly selfComparisons: readonly Interval[];
  readonly fingerprint: Fingerprint;
  readonly fingerprintHash: string;
}

/** What a journal does not say of itself. */
export interface EvidenceSources {
  readonly names: { readonly package: string; readonly identifier: string };
  readonly version: string;
  readonly metric: 'euclidean' | 'angular';
  /** SHA-256 of journal.jsonl. */
  readonly journal: string;
  readonly exportedBy: string;
  /** Commit by candidate id; empty where there is no lineage repository. */
  readonly commits: ReadonlyMap<string, string>;
  readonly trained?: TrainedEvidence;
}

export function evidenceOf(
  state: CampaignState,
  { headers }: ChosenIndex,
  claim: Claim,
  { names, version, metric, journal, exportedBy, commits, trained }: EvidenceSources,
): Evidence {
  const { spec, fingerprint, seedOutcome, sentinels } = state;
  return {
    format: 'annvil-evidence-1',
    package: { name: names.package, version, identifier: names.identifier },
    licence: 'MIT',
    campaign: {
      name: spec.name,
      target: spec.target,
      attempts: state.attempts.length,
      elapsedSeconds: state.elapsedSeconds,
      ended: state.stopReason,
      journal,
      harnessVersion: fingerprint.harnessVersion,
      exportedBy,
    },
    claim,
    slots: Object.fromEntries(slotsOf(spec.target).map((slot) => [slot, slotEvidence(state, headers[slot], commits)])),
    dataset: {
      name: spec.dataset,
      metric,
      hash: fingerprint.dataset,
      baseVectors: fingerprint.baseVectors ?? null,
      queryVectors: fingerprint.queryVectors ?? null,
      groundTruth: fingerprint.groundTruth ?? null,
    },
    trained: trained ?? null,
    build: { maxDegree: spec.maxDegree, seed: spec.seed, threads: spec.threads ?? fingerprint.cores },
    selfComparisons: [
      ...(seedOutcome ? [seedOutcome.speedup] : []),
      ...sentinels.map(({ outcome }) => outcome.speedup),
    ],
    fingerprint,
    fingerprintHash: fingerprintHash(fingerprint),
  };
}

function slotEvidence(state: CampaignState, candidate: Candidate, commits: ReadonlyMap<string, string>): SlotEvidence {
  const { slot, id } = candidate;
  const champion = state.champions[slot].candidate.id === id;
  return {
    id,
    isSeed: id === state.seeds[slot].id,
    alone: (champion && state.final?.slots[slot]?.speedup) || null,
    promotions: state.promotions
      .filter((promotion) => promotion.candidate.id === id)
      .map(({ outcome, heldOut, promoted }) => ({ outcome, heldOut, promoted })),
    lineage: ancestorsOf(state, candidate).map((step) => ({
      id: step.id,
      source: sha256(step.source),
      parents: step.parents,
      proposedBy: describeOrigin(step.origin),
      prompt: promptOf(state, step),
      commit: commits.get(step.id) ?? null,
    })),
  };
}

/** Nearest parent by nearest parent; a loop, which equal code can make, ends it. */
export function ancestorsOf(state: CampaignState, candidate: Candidate): Candidate[] {
  const line: Candidate[] = [];
  const seen = new Set<string>();
  for (let step: Candidate | undefined = candidate; step && !seen.has(step.id); ) {
    line.push(step);
    seen.add(step.id);
    const [parent]: readonly string[] = step.parents;
    step = parent === undefined ? undefined : state.candidates.get(parent);
  }
  return line;
}

function promptOf(state: CampaignState, { origin }: Candidate): LineageStep['prompt'] {
  if (!('prompt' in origin)) return null;
  const prompt = state.groups.find((group) => group.prompt?.id === origin.prompt)?.prompt;
  return prompt ? { id: prompt.id, sha256: sha256(JSON.stringify(prompt.messages)) } : null;
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

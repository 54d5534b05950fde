import type { Champion } from '../core/campaign-state.ts';
import type { Candidate } from '../core/candidate.ts';
import type { CampaignSpec } from '../core/spec.ts';
import { type PerSlot, perSlot } from '../core/target.ts';

/** What every reward of one server is relative to, fixed when it starts. */
export interface Conditions {
  readonly champions: PerSlot<Champion>;
  /** By id: candidates that a request may name as parent. */
  readonly candidates: ReadonlyMap<string, Candidate>;
  /** Twelve hex digits of the machine's fingerprint, dataset included. */
  readonly fingerprint: string;
  readonly measuring: Pick<CampaignSpec, (typeof measuringFields)[number]>;
  readonly learning: Pick<CampaignSpec, 'advantage' | 'clipSigmas'>;
}

/** Fields of a specification that decide what is measured and which limits hold. */
const measuringFields = [
  'target',
  'scale',
  'k',
  'mode',
  'requiredGain',
  'seed',
  'maxDegree',
  'threads',
  'memoryMebibytes',
  'buildSecondsLimit',
  'buildFactor',
  'indexFactor',
  'sandbox',
] as const satisfies readonly (keyof CampaignSpec)[];

export function makeConditions(
  spec: CampaignSpec,
  fields: Pick<Conditions, 'champions' | 'candidates' | 'fingerprint'>,
): Conditions {
  const { advantage, clipSigmas } = spec;
  const measuring = Object.fromEntries(measuringFields.map((field) => [field, spec[field]])) as Conditions['measuring'];
  return { ...fields, measuring, learning: { advantage, clipSigmas } };
}

export function championIds({ champions, measuring }: Pick<Conditions, 'champions' | 'measuring'>): PerSlot<string> {
  return perSlot(measuring.target, (slot) => champions[slot].candidate.id);
}

/** What can be optimised: each target's replaceable parts (slots), in the order in which they come to work. */
const slots = {
  graph: ['construction', 'search', 'refinement'],
  'neural-lsh': ['partition', 'router', 'probing'],
  'balanced-tree': ['router', 'tree-update', 'beam'],
  'cluster-routing': ['predictor', 'duplication', 'stop-rule'],
  'learned-lookup': ['ranker', 'query-model', 'extra-space'],
} as const;

export type Target = keyof typeof slots;
/** A target whose indexes are trained, and scored by counting and not by a clock. */
export type LearnedTargetName = Exclude<Target, 'graph'>;
export type SlotOf<T extends Target> = (typeof slots)[T][number];
/** A replaceable part of a target: one C++ header. Targets may share a name, as two do `router`. */
export type Slot = SlotOf<Target>;

export const targets = Object.keys(slots) as [Target, ...Target[]];
export const allSlots = [...new Set(Object.values(slots).flat())] as [Slot, ...Slot[]];

export function slotsOf<T extends Target>(target: T): readonly [SlotOf<T>, ...SlotOf<T>[]] {
  return slots[target] as unknown as readonly [SlotOf<T>, ...SlotOf<T>[]];
}

export function isLearned(target: Target): target is LearnedTargetName {
  return target !== 'graph';
}

/**
 * One value for each slot of the campaign's target, for instance the header that each currently uses; nothing for the slots of other
 * targets, which a campaign never asks for. Made by `perSlot` alone.
 */
export type PerSlot<T> = Record<Slot, T>;

export function perSlot<T>(target: Target, make: (slot: Slot) => T): PerSlot<T> {
  return Object.fromEntries(slotsOf(target).map((slot) => [slot, make(slot)])) as PerSlot<T>;
}

/** Values that are written down slot by slot, the target's own checked by the compiler. */
export function ofSlots<T extends Target, Values extends Readonly<Record<SlotOf<T>, unknown>>>(
  _target: T,
  values: Values,
): PerSlot<Values[SlotOf<T>]> {
  return values as unknown as PerSlot<Values[SlotOf<T>]>;
}

/** `perSlot` of values that take their time, all under way at once. */
export async function perSlotAwaited<T>(target: Target, make: (slot: Slot) => Promise<T>): Promise<PerSlot<T>> {
  const entries = await Promise.all(slotsOf(target).map(async (slot) => [slot, await make(slot)] as const));
  return Object.fromEntries(entries) as PerSlot<T>;
}

/** Slots whose headers run while an index is trained; all others of the learned targets only answer queries. */
const trainingSlots: readonly Slot[] = [
  'partition',
  'router',
  'tree-update',
  'predictor',
  'duplication',
  'ranker',
  'query-model',
  'extra-space',
];

export function isTrained(slot: Slot): boolean {
  return trainingSlots.includes(slot);
}

/** The turns that slots take unless told otherwise: of a learned target first those that only answer, whose candidates cost no training. */
export function turnsOf(target: Target): [Slot, ...Slot[]] {
  const turns: [Slot, ...Slot[]] = [...slotsOf(target)];
  return isLearned(target) ? turns.sort((one, other) => Number(isTrained(one)) - Number(isTrained(other))) : turns;
}

/** The class that a slot's header defines: `TreeUpdate` for `tree-update`. */
export function classNameOf(slot: Slot): string {
  return slot.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export const metrics = ['squared_l2', 'inner_product'] as const;

/** Squared Euclidean distance, or inner product over normalised vectors (angular). */
export type Metric = (typeof metrics)[number];

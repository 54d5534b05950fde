/** What can be optimised, and its replaceable parts. `graph` is the only target so far. */
export const graphSlots = ['construction', 'search', 'refinement'] as const;

/** A replaceable part of the graph target: one C++ header. */
export type Slot = (typeof graphSlots)[number];

/** One value a slot, for instance the header each slot currently uses. */
export type PerSlot<T> = Record<Slot, T>;

export const metrics = ['squared_l2', 'inner_product'] as const;

/** Squared Euclidean distance, or inner product over normalised vectors (angular). */
export type Metric = (typeof metrics)[number];

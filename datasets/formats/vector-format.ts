import type { VectorSet } from '../vectors.ts';

/** How a kind of file holds vectors. Both throw UsageError for what they cannot do, naming file and cause. */
export interface VectorFormat {
  readonly read: (path: string) => Promise<VectorSet>;
  readonly write: (path: string, vectors: VectorSet) => Promise<void>;
}

import { createHash } from 'node:crypto';

/**
 * What a figure depends on besides the code; figures with different fingerprints are never ranked together. Journals written
 * before a field came to be lack it: those are optional. What the kernel does not say is `not reported`, not absent.
 */
export interface Fingerprint {
  readonly cpu: string;
  readonly cores: number;
  /** Cache sizes as the kernel states them, for instance `L1d 48K, L2 2048K, L3 492M`. */
  readonly caches: string;
  readonly governor: string;
  /** Revision of the processor's microcode, for instance `0x2b000571`; a hypervisor may show one of its own. */
  readonly microcode?: string;
  /** `on`, `off` or `not reported`. */
  readonly turbo?: string;
  /** Whether two threads may share a core: `on`, `off` or `not reported`. */
  readonly smt?: string;
  /** Transparent huge pages for memory of a process' own: `always`, `madvise`, `never` or `not reported`. */
  readonly hugePages?: string;
  /** The same for shared memory (`shmem_enabled`), in the kernel's words. */
  readonly sharedHugePages?: string;
  readonly kernel: string;
  readonly compiler: string;
  readonly compilerFlags: readonly string[];
  /** What learned targets are trained with, for instance `libtorch 1.13.1`. */
  readonly trainer?: string;
  /** Content hash of base, queries and metric; of data that a target draws itself, a text that says so. */
  readonly dataset: string;
  /** Rows, dimensions and queries of the dataset, which say how queries are split. */
  readonly datasetShape?: DatasetShape;
  /** SHA-256 of the prepared base rows alone, of the query rows alone, and of the file of exact neighbours. */
  readonly baseVectors?: string;
  readonly queryVectors?: string;
  readonly groundTruth?: string;
  /** Hash of contract, player and referee sources, those of the target. */
  readonly evaluator: string;
  readonly harnessVersion: string;
}

export interface DatasetShape {
  readonly count: number;
  readonly dimension: number;
  readonly queries: number;
}

/** Twelve hex digits that stand for all of it. */
export function fingerprintHash(fingerprint: Fingerprint): string {
  return createHash('sha256').update(JSON.stringify(fingerprint)).digest('hex').slice(0, 12);
}

/** `field: then, now` for every field that both state and that differs. What an earlier version did not state is not compared. */
export function fingerprintDifferences(then: object, now: object): string[] {
  const current = now as Record<string, unknown>;
  return Object.entries(then)
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(current[field]))
    .map(([field, value]) => `${field}: ${JSON.stringify(value)} then, ${JSON.stringify(current[field])} now`);
}

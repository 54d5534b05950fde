/** What a figure depends on besides the code; figures with different fingerprints are never ranked together. */
export interface Fingerprint {
  readonly cpu: string;
  readonly cores: number;
  /** Cache sizes as the kernel states them, for instance `L1d 48K, L2 2048K, L3 492M`. */
  readonly caches: string;
  readonly governor: string;
  readonly kernel: string;
  readonly compiler: string;
  readonly compilerFlags: readonly string[];
  /** Content hash of base, queries and metric. */
  readonly dataset: string;
  /** Hash of contract, player and referee sources. */
  readonly evaluator: string;
  readonly harnessVersion: string;
}

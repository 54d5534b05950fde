import type { Stage, StageSeconds } from '../core/outcome.ts';

/** Wall seconds by stage, one stage at a time. */
export class StageClock {
  readonly #spent: Partial<Record<Stage, number>> = {};
  readonly #onStage: ((stage: Stage) => void) | undefined;
  #current: Stage | undefined;
  #since = performance.now();

  constructor(onStage?: (stage: Stage) => void) {
    this.#onStage = onStage;
  }

  enter(stage: Stage): void {
    this.#close();
    this.#current = stage;
    this.#onStage?.(stage);
  }

  /** Seconds that were spent on it before. */
  add(stage: Stage, seconds: number): void {
    this.#spent[stage] = (this.#spent[stage] ?? 0) + seconds;
  }

  seconds(): StageSeconds {
    this.#close();
    return { ...this.#spent };
  }

  #close(): void {
    const now = performance.now();
    if (this.#current) this.#spent[this.#current] = (this.#spent[this.#current] ?? 0) + (now - this.#since) / 1000;
    this.#since = now;
  }
}

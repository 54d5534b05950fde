import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { CompileJob, CompileResult } from './compile.ts';

/** Compiles side by side, one job a lane. */
export class CompileLanes {
  readonly #pool: Piscina<CompileJob, CompileResult>;

  constructor(lanes: number) {
    const filename = fileURLToPath(new URL('./lane.mjs', import.meta.url));
    // A thread takes a second of compiling to start: it is worth keeping between two candidates.
    this.#pool = new Piscina({ filename, minThreads: 1, maxThreads: lanes, idleTimeout: 60_000 });
  }

  async compile(job: CompileJob): Promise<CompileResult> {
    if (existsSync(job.binary)) return { kind: 'compiled', seconds: 0, cached: true };
    return this.#pool.run(job);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

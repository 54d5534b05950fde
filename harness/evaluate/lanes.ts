import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { CompileJob, CompileResult } from './compile.ts';

/** Compiles side by side, one job a lane. */
export class CompileLanes {
  readonly #pool: Piscina<CompileJob, CompileResult>;

  constructor(lanes: number) {
    const filename = fileURLToPath(new URL('./lane.mjs', import.meta.url));
    this.#pool = new Piscina({ filename, minThreads: 1, maxThreads: lanes });
  }

  compile(job: CompileJob): Promise<CompileResult> {
    return this.#pool.run(job);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

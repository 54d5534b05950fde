import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { HarnessError } from '../core/errors.ts';
import {
  type AnswerOf,
  type PlayerFailure,
  type RefereeAnswer,
  type RefereeRequest,
  refereeAnswer,
} from './protocol.ts';

/** A running referee process: requests are answered one at a time, in order. */
export class Referee {
  readonly #process;
  readonly #lines: AsyncIterator<string>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(binary: string) {
    // Its environment is empty: nothing of ours is there for a sandboxed child to find.
    this.#process = execa(binary, [], { env: {}, extendEnv: false, buffer: false, reject: false, cleanup: true });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Sends a request and waits for its answer, which is of the kind expected or the candidate's own failure.
   * @throws HarnessError where the referee is lost or refuses the request
   */
  ask<K extends RefereeAnswer['kind']>(expected: K, request: RefereeRequest): Promise<AnswerOf<K> | PlayerFailure> {
    const answer = this.#turn.then(() => this.#exchange(expected, request));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #exchange<K extends RefereeAnswer['kind']>(
    expected: K,
    request: RefereeRequest,
  ): Promise<AnswerOf<K> | PlayerFailure> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.#lines.next();
    if (line.done) {
      const { stderr, signal, exitCode } = await this.#process;
      throw new HarnessError(
        `the referee ended (${signal ?? `exit status ${exitCode}`}) at "${request.op}" ${stderr ?? ''}`,
      );
    }
    const answer = refereeAnswer.parse(JSON.parse(line.value));
    if (answer.kind === 'error') throw new HarnessError(`the referee could not ${request.op}: ${answer.detail}`);
    if (answer.kind !== expected && answer.kind !== 'failed') {
      throw new HarnessError(`the referee answered "${answer.kind}" to "${request.op}"`);
    }
    return answer as AnswerOf<K> | PlayerFailure;
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), 2000);
    await this.#process;
    clearTimeout(killer);
  }
}

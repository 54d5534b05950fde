import type { Readable } from 'node:stream';

const enough = 8 * 2 ** 20;

/**
 * What a response's body brings, in order. A stream that breaks off throws away what nobody has read of it yet; here that is handed
 * on first, and the failure after it, so that a download goes on from the last byte that came.
 */
export class Arrivals implements AsyncIterable<Buffer> {
  readonly #body: Readable;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(body: Readable) {
    this.#body = body;
    const wakeUp = () => this.#wake();
    body.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes > enough) body.pause();
      wakeUp();
    });
    body.on('end', () => {
      this.#ended = true;
      wakeUp();
    });
    body.on('error', (error) => {
      this.#failure = error;
      wakeUp();
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#bytes -= chunk.length;
        if (this.#bytes <= enough) this.#body.resume();
        yield chunk;
      } else if (this.#failure) {
        throw this.#failure;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** Wants no more. */
  close(): void {
    this.#body.destroy();
  }
}

/** Fewer bytes than this a second, over the whole time allowed, are none. */
const leastBytesASecond = 256;

/** Aborts its signal where too little comes for too long, or where the outer signal does. */
export class StallGuard {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;
  #bytes = 0;
  #stalled = false;

  constructor(stallMs: number, outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
    this.#timer = setInterval(() => {
      if (this.#bytes < (leastBytesASecond * stallMs) / 1000) {
        this.#stalled = true;
        this.#controller.abort(new Error('stalled'));
      }
      this.#bytes = 0;
    }, stallMs);
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  saw(bytes: number): void {
    this.#bytes += bytes;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

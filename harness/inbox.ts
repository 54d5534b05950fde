/** What several sources bring, in the order it comes. A source that fails is told of once all that came has been taken. */
export class Inbox<T> {
  readonly #items: T[] = [];
  /** Of what was delivered since the last taking, and of what was taken then. */
  #waiting: (() => void)[] = [];
  #handed: (() => void)[] = [];
  readonly #sources = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  #closed = false;
  #wake: () => void = () => {};

  /** Begins to listen to a source, which delivers until its promise settles; a delivery resolves once it has been dealt with. */
  follow(source: (deliver: (items: readonly T[]) => Promise<void>) => Promise<void>): void {
    const deliver = (items: readonly T[]) =>
      new Promise<void>((dealtWith) => {
        // Nobody takes a delivery of nothing, so nobody would dismiss it.
        if (this.#closed || items.length === 0) dealtWith();
        this.#items.push(...items);
        this.#waiting.push(dealtWith);
        this.#wake();
      });
    const listening: Promise<void> = source(deliver)
      .catch((error: unknown) => {
        this.#failures.push(error);
      })
      .finally(() => {
        this.#sources.delete(listening);
        this.#wake();
      });
    this.#sources.add(listening);
  }

  /** What has come, as soon as anything has; null once every source has ended. Says that what was taken before is dealt with. @throws what a source threw */
  async take(): Promise<readonly T[] | null> {
    this.#dismiss();
    while (this.#items.length === 0 && this.#sources.size > 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#items.length > 0) {
      this.#handed = this.#waiting.splice(0);
      return this.#items.splice(0);
    }
    if (this.#failures.length > 0) throw this.#failures[0];
    return null;
  }

  /** Resolves, once no source is left that could still do something, with what nobody has taken. */
  async settled(): Promise<readonly T[]> {
    this.#closed = true;
    this.#handed.push(...this.#waiting.splice(0));
    this.#dismiss();
    await Promise.all(this.#sources);
    return this.#items.splice(0);
  }

  #dismiss(): void {
    for (const dealtWith of this.#handed.splice(0)) dealtWith();
  }
}

import type { RoundNoise } from '../../rewards/estimate.ts';

const mostRemembered = 20;

/** How much the rounds of the latest comparisons varied: what a next one may expect of this machine. */
export class NoiseHistory {
  readonly #latest: RoundNoise[] = [];

  add(noise: RoundNoise): void {
    this.#latest.push(noise);
    if (this.#latest.length > mostRemembered) this.#latest.shift();
  }

  /** The pooled variance, undefined before the first comparison. */
  prior(): RoundNoise | undefined {
    const degrees = this.#latest.reduce((sum, noise) => sum + noise.degrees, 0);
    if (degrees === 0) return undefined;
    const variance = this.#latest.reduce((sum, noise) => sum + noise.degrees * noise.variance, 0) / degrees;
    return { variance, degrees };
  }
}

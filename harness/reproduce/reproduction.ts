import type { PreparedDataset } from '../../datasets/prepared.ts';
import { type Candidate, makeCandidate } from '../core/candidate.ts';
import type { Choices } from '../core/policy.ts';
import type { ProgressView } from '../core/progress.ts';
import type { Grammar } from '../core/proposer.ts';
import type { Slot } from '../core/target.ts';
import type { Examination } from '../evaluate/learned/examination.ts';
import type { LearnedCase, LearnedTarget } from '../evaluate/learned/learned-target.ts';
import type { LearnedBench } from '../evaluate/learned/open.ts';
import type { BaselineProgram, Headers } from '../evaluate/learned/trained-index.ts';
import type { Claim } from './claim.ts';
import type { Figure } from './figures.ts';

/** How a paper is reproduced: what is trained and examined, and what it says of the paper's claims. */
export interface Reproduction {
  readonly target: LearnedTarget;
  /** Training seeds where none are asked for; three where absent. More where luck in training is large. */
  readonly seeds?: readonly number[];
  /** Scales that have all that it compares; those of the target where absent. */
  readonly presets?: readonly string[];
  /** By slot. */
  readonly grammars: Readonly<Record<string, Grammar>>;
  readonly run: (bench: ReproductionBench) => Promise<Findings>;
}

export interface Findings {
  readonly claims: readonly Claim[];
  readonly figures: readonly Figure[];
  /** What a reader should know besides: data, scale, what was not tried. */
  readonly notes: readonly string[];
}

export interface BenchParts {
  readonly reproduction: Reproduction;
  readonly bench: LearnedBench;
  readonly dataset: PreparedDataset | undefined;
  readonly seeds: readonly number[];
  readonly progress: ProgressView;
}

/** What a reproduction works with. Whatever it asks for twice, or asked for in an earlier run, is made once. */
export class ReproductionBench {
  readonly dataset: PreparedDataset | undefined;
  readonly seeds: readonly number[];
  /** LibTorch, workshop, cases, maker. */
  readonly learned: LearnedBench;
  readonly #grammars: Reproduction['grammars'];
  readonly #progress: ProgressView;
  #asked = 0;
  #done = 0;

  constructor({ reproduction, bench, dataset, seeds, progress }: BenchParts) {
    this.dataset = dataset;
    this.seeds = seeds;
    this.learned = bench;
    this.#grammars = reproduction.grammars;
    this.#progress = progress;
  }

  get scale(): string {
    return this.learned.scale;
  }

  get cases(): readonly LearnedCase[] {
    return this.learned.cases;
  }

  /** The case of that name. */
  case(name: string): LearnedCase {
    const found = this.cases.find((one) => one.name === name);
    if (!found) throw new Error(`no case "${name}" at scale ${this.scale}`);
    return found;
  }

  /** The headers that the grammars write for their seeds' choices, with some changed: `{router: {net: 'logistic'}}`. */
  headers(changed: Readonly<Record<string, Choices>> = {}): Headers {
    const write = ([slot, { seedChoices, emit }]: [string, Grammar]): [string, Candidate] => {
      const choices = { ...seedChoices, ...changed[slot] };
      const origin = { proposer: 'grammar', choices } as const;
      return [slot, makeCandidate({ slot: slot as Slot, source: emit(choices), parents: [], origin })];
    };
    return Object.fromEntries(Object.entries(this.#grammars).map(write));
  }

  /** Trains and examines on the final queries. @throws Failed where the headers do not pass, which is a defect here */
  examined(headers: Headers, learned: LearnedCase, seed: number): Promise<Examination> {
    return this.#counted(() => this.learned.maker.examined(headers, learned, seed, 'final'));
  }

  /** The target's own baseline on the final queries. */
  baseline(learned: LearnedCase, seed: number): Promise<Examination> {
    return this.#counted(() => this.learned.maker.baseline(learned, seed, 'final'));
  }

  /** A request to the examining program, or to a baseline's own, that concerns no candidate: another baseline, say. */
  trusted(request: object, baseline?: BaselineProgram): Promise<Examination> {
    return this.#counted(() => this.learned.maker.trusted(request, baseline));
  }

  /** `make` of every seed, side by side. */
  eachSeed<T>(make: (seed: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.seeds.map(make));
  }

  step(message: string): void {
    this.#progress.event({ type: 'step', message });
  }

  async #counted<T>(make: () => Promise<T>): Promise<T> {
    ++this.#asked;
    try {
      return await make();
    } finally {
      ++this.#done;
      const message = 'trained and examined';
      this.#progress.event({ type: 'progress', message, done: this.#done, total: this.#asked });
    }
  }
}

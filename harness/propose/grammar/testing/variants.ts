import type { Choices } from '../../../core/policy.ts';
import { sampleChoices } from '../../../core/policy.ts';
import type { Grammar } from '../../../core/proposer.ts';
import { seededRandom } from '../../../core/random.ts';

/** Choices that are the seed's but for `given`, with first options where the seed has none. */
export function variation({ space, seedChoices }: Grammar, given: Choices): Choices {
  const choices: Record<string, string> = {};
  for (const { name, options, when } of space) {
    if (!when || when(choices)) choices[name] = given[name] ?? seedChoices[name] ?? options[0]!;
  }
  return choices;
}

/** Uniform draws. */
export function samples({ space }: Grammar, count: number, seed: string): Choices[] {
  const random = seededRandom(seed);
  const uniform = Object.fromEntries(space.map(({ name, options }) => [name, options.map(() => 0)]));
  return Array.from({ length: count }, () => sampleChoices(space, uniform, random));
}

/** For each option of each decision, choices that have it: the seed's otherwise, or a draw where the seed rules it out. */
export function everyOption(grammar: Grammar): Choices[] {
  const draws = samples(grammar, 2000, 'every option');
  return grammar.space.flatMap(({ name, options }) =>
    options.map((option) => {
      const near = variation(grammar, { [name]: option });
      const choices = near[name] === option ? near : draws.find((draw) => draw[name] === option);
      if (!choices) throw new Error(`no choices lead to ${name}=${option}`);
      return choices;
    }),
  );
}

/** Members, functions, constants and types that a header defines and never uses. */
export function unusedNames(source: string, ofContract: readonly string[]): string[] {
  const code = source.replace(/\/\/.*/g, '');
  const definitions = [
    /\b(\w+_)[,; ={]/g,
    /\bconstexpr [\w:]+ (\w+) =/g,
    /\busing (\w+) =/g,
    /^ +(?:static |constexpr )*[\w:<>*&]+ [*&]?(\w+)\([^;{]*\) (?:const )?\{/gm,
    /\b(?:class|struct) (\w+)/g,
  ];
  const defined = new Set(definitions.flatMap((pattern) => [...code.matchAll(pattern)].map(([, name]) => name!)));
  return [...defined].filter(
    (name) => !ofContract.includes(name) && [...code.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length < 2,
  );
}

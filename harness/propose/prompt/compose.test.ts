import { beforeAll, describe, expect, it } from 'vitest';
import type { CampaignState } from '../../core/campaign-state.ts';
import { makeCandidate } from '../../core/candidate.ts';
import { slotsOf } from '../../core/target.ts';
import {
  constructionBroken,
  SampleJournal,
  sampleCandidate,
  sampleJournal,
  sampleScored,
  sampleSeeds,
  searchFast,
  searchFaster,
  searchSlow,
} from '../../record/sample-campaign.ts';
import { campaignState } from '../../record/state.ts';
import { PromptWriter } from './compose.ts';

let writer: PromptWriter;
let state: CampaignState;

beforeAll(async () => {
  state = campaignState(sampleJournal().entries);
  writer = await PromptWriter.open(state.spec);
});

const drawn = {
  parent: searchFaster.id,
  exemplars: [searchFast.id, searchSlow.id],
  strategies: ['seven-bit-codes', 'visited-set'],
};

function textOf({ messages }: { readonly messages: readonly { readonly content: string }[] }): string {
  return messages.map(({ content }) => content).join('\n');
}

function sharedPrefix(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

describe('a prompt', () => {
  it('is one system and one user message with every hole filled', () => {
    for (const slot of slotsOf('graph')) {
      const parent = state.champions[slot].candidate.id;
      const prompt = writer.compose(state, slot, { parent, exemplars: [], strategies: writer.strategyNames[slot] });
      expect(prompt.messages.map(({ role }) => role)).toEqual(['system', 'user']);
      expect(textOf(prompt)).not.toMatch(/\{\{\w+\}\}|\bundefined\b(?![ -]behaviour)|NaN|\[object/);
      expect(textOf(prompt)).not.toMatch(/\n\n\n/);
    }
  });

  it('keeps what was drawn, for the learner', () => {
    expect(writer.compose(state, 'search', drawn)).toMatchObject(drawn);
  });

  it('goes from the lasting to the passing', () => {
    const text = textOf(writer.compose(state, 'search', drawn));
    const marks = [
      '# Task',
      '# Restrictions',
      '# Answer',
      '# The slot: search',
      'concept SearchCandidate',
      '# The machine',
      '# The data',
      '# The other slots',
      '# The header you start from',
      '# What has been learned',
      '# Other implementations',
      '# The latest outcomes',
      '# Strategies to consider',
      '# Now',
    ];
    const places = marks.map((mark) => text.indexOf(mark));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it('has the same system message throughout a campaign, so that providers keep it', () => {
    const early = campaignState(sampleJournal().entries.slice(0, 3));
    const parent = sampleSeeds.search.id;
    const first = writer.compose(early, 'search', { parent, exemplars: [], strategies: [] });
    const last = writer.compose(state, 'search', drawn);
    expect(last.messages[0]).toEqual(first.messages[0]);
    expect(writer.seedPrompt(state, 'search').messages[0]).toEqual(first.messages[0]);
  });

  it('shares all but its end with one that differs in strategies alone', () => {
    const one = textOf(writer.compose(state, 'search', drawn));
    const other = textOf(writer.compose(state, 'search', { ...drawn, strategies: ['rabitq'] }));
    expect(sharedPrefix(one, other)).toBeGreaterThanOrEqual(one.indexOf('# Strategies to consider'));
  });

  it('shows exemplars from the slowest to the fastest with their scores over the seed', () => {
    const text = textOf(writer.compose(state, 'search', drawn));
    const slow = text.indexOf(`${searchSlow.id}: 0.900 [0.880, 0.920] of the seed`);
    const fast = text.indexOf(`${searchFast.id}: 1.250 [1.200, 1.300] of the seed`);
    expect(slow).toBeGreaterThan(0);
    expect(fast).toBeGreaterThan(slow);
    expect(text).toContain('Explain first why the faster');
  });

  it('scores a champion through the line of champions before it', () => {
    expect(textOf(writer.compose(state, 'search', drawn))).toContain(`${searchFaster.id}: 1.500 [1.3`);
  });

  it('shows what the compiler said of the latest failures', () => {
    const parent = sampleSeeds.construction.id;
    const text = textOf(writer.compose(state, 'construction', { parent, exemplars: [], strategies: [] }));
    expect(text).toContain(constructionBroken.id);
    expect(text).toContain('error: expected "}" before end of line');
  });

  it('shows counted work where there is any, and nothing where there is none', () => {
    const parent = searchFast.id;
    const without = textOf(writer.compose(state, 'search', { parent, exemplars: [], strategies: [] }));
    expect(without).not.toContain('distances/query');
    const scored = sampleScored('accepted', 126_000, 1.26, 1.2, 1.32);
    const work = [{ effort: 16, distances: 309, instructions: 41_234 }] as const;
    const journal = new SampleJournal().propose('search', [searchFast]).attempt(searchFast, { ...scored, work }, 0.2);
    const text = textOf(
      writer.compose(campaignState(journal.entries), 'search', { parent, exemplars: [], strategies: [] }),
    );
    expect(text).toContain('distances/query | instructions/query');
    expect(text).toContain('| 309 | 41,234 |');
    expect(text).not.toContain('cache misses/query');
  });

  it('prefers a digest to the bare facts', () => {
    const bare = textOf(writer.compose(state, 'search', drawn));
    expect(bare).toContain('Helped');
    const digested = campaignState(
      sampleJournal().add({ type: 'digest-written', slot: 'search', text: '- Prefetch eight ahead.', afterGroup: 3 })
        .entries,
    );
    const text = textOf(writer.compose(digested, 'search', drawn));
    expect(text).toContain('- Prefetch eight ahead.');
    expect(text).not.toContain('Helped (');
  });

  it('leaves out the sources of the slowest exemplars where the whole would be too long', () => {
    const long = (lookahead: number) =>
      makeCandidate({
        ...sampleCandidate('search', lookahead),
        source: `${'// a long story\n'.repeat(3000)}namespace candidate { int at = ${lookahead}; }\n`,
      });
    const [one, other] = [long(1), long(2)];
    const journal = new SampleJournal()
      .propose('search', [one, other])
      .attempt(one, sampleScored('slower', 90_000, 0.9, 0.88, 0.92), -0.1)
      .attempt(other, sampleScored('slower', 95_000, 0.95, 0.93, 0.97), -0.05);
    const prompt = writer.compose(campaignState(journal.entries), 'search', {
      parent: sampleSeeds.search.id,
      exemplars: [other.id, one.id],
      strategies: [],
    });
    const text = textOf(prompt);
    expect(Buffer.byteLength(text)).toBeLessThan(121_000);
    expect(text).toContain('Its source is left out for length');
    expect(text).not.toContain('int at = 1;');
  });

  it('stays within 120 kB of bytes with the headers of the sample', () => {
    expect(Buffer.byteLength(textOf(writer.compose(state, 'search', drawn)))).toBeLessThan(120_000);
  });

  it('refuses what the campaign does not know', () => {
    expect(() => writer.compose(state, 'search', { ...drawn, parent: 'search-000000000000' })).toThrow(/does not know/);
    expect(() => writer.compose(state, 'search', { ...drawn, strategies: ['magic'] })).toThrow(/no strategy magic/);
  });
});

describe('the answer form', () => {
  it('is stated as the campaign wants it', async () => {
    const systemFor = async (answerForm: 'full' | 'edits' | 'either') => {
      const own = await PromptWriter.open({ ...state.spec, answerForm });
      return own.seedPrompt(state, 'search').messages[0]!.content;
    };
    expect(await systemFor('full')).not.toContain('<<<<<<< SEARCH');
    expect(await systemFor('edits')).not.toContain('One fenced `cpp` block');
    const either = await systemFor('either');
    expect(either).toContain('<<<<<<< SEARCH');
    expect(either).toContain('One fenced `cpp` block');
  });
});

describe('the control prompt', () => {
  it('is the same at the end of a campaign as at its start', () => {
    const early = campaignState(sampleJournal().entries.slice(0, 2));
    expect(writer.seedPrompt(state, 'search')).toEqual(writer.seedPrompt(early, 'search'));
  });

  it('shows the seed and nothing that was learned', () => {
    const { parent, exemplars, strategies, messages } = writer.seedPrompt(state, 'search');
    expect({ parent, exemplars, strategies }).toEqual({ parent: sampleSeeds.search.id, exemplars: [], strategies: [] });
    expect(messages[1]!.content).not.toMatch(/learned|Other implementations|latest outcomes|Strategies/);
  });
});

describe('further turns', () => {
  it('show a failure with its diagnostics', () => {
    const turn = writer.repairTurn(constructionBroken, {
      kind: 'compile-error',
      diagnostics: 'candidate/construction.hpp:4:1: error: expected "}" before end of line',
    });
    expect(turn.role).toBe('user');
    expect(turn.content).toContain('candidate/construction.hpp:4: error: expected "}"');
    expect(turn.content).toContain('## Code'.slice(3));
  });

  it('ask again saying what was not new', () => {
    expect(writer.againTurn('it is search-0123456789ab with other names').content).toContain('search-0123456789ab');
  });
});

describe('a digest', () => {
  it('is not asked for before anything was tried', () => {
    expect(writer.digest(state, 'refinement')).toBeNull();
  });

  it('is asked for from the facts, the champion and the digest before', () => {
    const journal = sampleJournal().add({ type: 'digest-written', slot: 'search', text: '- Old news.', afterGroup: 1 });
    const text = writer
      .digest(campaignState(journal.entries), 'search')!
      .map(({ content }) => content)
      .join('\n');
    expect(text).toContain('prefetch lookahead-4 -> lookahead-8');
    expect(text).toContain(searchFaster.id);
    expect(text).toContain('- Old news.');
  });
});

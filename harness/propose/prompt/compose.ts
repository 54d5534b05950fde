import type { CampaignState } from '../../core/campaign-state.ts';
import type { Candidate } from '../../core/candidate.ts';
import type { Outcome } from '../../core/outcome.ts';
import { type Message, makePrompt, type Prompt } from '../../core/prompt.ts';
import type { CampaignSpec } from '../../core/spec.ts';
import {
  isLearned,
  type PerSlot,
  perSlotAwaited,
  perSlot as perSlotOf,
  type Slot,
  slotsOf,
  type Target,
} from '../../core/target.ts';
import type { Drawn, PromptWording } from '../parts.ts';
import { adviceFor } from './advice.ts';
import { readContract } from './contract.ts';
import { exemplarsText, headerText, summaryComment } from './exemplars.ts';
import { factsText } from './facts.ts';
import { learnedAdvice } from './learned-advice.ts';
import { learnedSystem } from './learned-system.ts';
import { scoreText } from './measurements.ts';
import { detailOf, headline, latestOutcomes } from './outcomes.ts';
import { scoreOf } from './score.ts';
import { readStrategies, type Strategies } from './strategies.ts';
import { budgetText, datasetText, machineText } from './surroundings.ts';
import { readTargetTexts, readTemplates, type TargetTexts, type Templates } from './templates.ts';

/** Bytes of a whole prompt; sources of exemplars are left out, the slowest first, until it fits. The parent's own always stays. */
const mostBytes = 120_000;
/** Characters of a digest: its author is told to keep it far shorter. */
const mostLearned = 8000;

/**
 * Writes prompts from what a campaign knows. They go from the lasting to the passing: what is the same in every prompt of a slot
 * (task, rules, contract, machine) is the system message, so that providers that keep prefixes need to read it once.
 */
export class PromptWriter implements PromptWording {
  readonly strategyNames: PerSlot<readonly string[]>;
  readonly #spec: CampaignSpec;
  readonly #templates: Templates;
  readonly #texts: TargetTexts;
  readonly #learned: boolean;
  readonly #contracts: PerSlot<string>;
  readonly #strategies: Strategies;

  private constructor(
    spec: CampaignSpec,
    templates: Templates,
    texts: TargetTexts,
    contracts: PerSlot<string>,
    strategies: Strategies,
  ) {
    this.#spec = spec;
    this.#templates = templates;
    this.#texts = texts;
    this.#learned = isLearned(spec.target);
    this.#contracts = contracts;
    this.#strategies = strategies;
    this.strategyNames = perSlotOf(spec.target, (slot) => [...strategies[slot].keys()]);
  }

  /** Reads templates, strategies and contract. @throws HarnessError where a template's holes are not those declared */
  static async open(spec: CampaignSpec): Promise<PromptWriter> {
    const { target } = spec;
    const contracts = await perSlotAwaited(target, (slot) => readContract(target, slot));
    const templates = await readTemplates();
    const texts = await readTargetTexts(target, templates);
    return new PromptWriter(spec, templates, texts, contracts, await readStrategies(target));
  }

  /** @throws Error for an id or a strategy that nobody knows: what was drawn must be there */
  compose(state: CampaignState, slot: Slot, drawn: Drawn): Prompt {
    const system = this.#system(state, slot);
    const exemplars = drawn.exemplars.filter((id) => id !== drawn.parent).map((id) => known(state, id));
    const champion = state.champions[slot].candidate;
    const beside = this.#learned ? 'measured' : 'timed';
    const toBeat = `The champion, which yours is ${beside} beside, is ${champion.id}: ${scoreText(scoreOf(state, champion))}.`;
    for (let sources = exemplars.length; ; sources--) {
      const user = this.#group(state, slot, known(state, drawn.parent), {
        others: perSlotOf(this.#spec.target, (other) => state.champions[other].candidate),
        learned: learnedText(state, slot),
        exemplars: exemplarsText(state, exemplars, sources),
        outcomes: titled('The latest outcomes of this slot, oldest first', latestOutcomes(state, slot)),
        strategies: this.#strategyText(slot, drawn.strategies),
        request: `${toBeat}\n\n${requestFor(this.#spec.target, exemplars.length > 0, drawn.strategies.length > 0)}`,
      });
      const messages = [system, user];
      if (sources === 0 || bytesOf(messages) <= mostBytes) return makePrompt({ messages, ...drawn });
    }
  }

  /** The control arm's: the seed and nothing that was learned, the same as long as the campaign lasts. */
  seedPrompt(state: CampaignState, slot: Slot): Prompt {
    const parent = state.seeds[slot];
    const user = this.#group(state, slot, parent, {
      others: state.seeds,
      learned: '',
      exemplars: '',
      outcomes: '',
      strategies: '',
      request: requestFor(this.#spec.target, false, false),
    });
    const messages = [this.#system(state, slot), user];
    return makePrompt({ messages, parent: parent.id, exemplars: [], strategies: [] });
  }

  /** The turn after a failure of its own. */
  repairTurn({ slot }: Candidate, outcome: Outcome): Message {
    const detail = detailOf(outcome, 40);
    const content = this.#templates[this.#learned ? 'learned/repair.md' : 'repair.md'].render({
      outcome: headline(outcome),
      detail: detail && fencedText(detail),
      advice: this.#learned ? learnedAdvice(outcome) : adviceFor(outcome, slot),
    });
    return { role: 'user', content };
  }

  /** The turn after an answer that was nothing new, or none; `detail` says which. */
  againTurn(detail: string): Message {
    return { role: 'user', content: this.#templates['again.md'].render({ detail: detail.replace(/\.$/, '') }) };
  }

  /** What asks a model for the slot's digest; null as long as nothing was tried. */
  digest(state: CampaignState, slot: Slot): readonly Message[] | null {
    const facts = factsText(state, slot);
    if (!facts) return null;
    const { candidate } = state.champions[slot];
    const previous = state.digests[slot]?.text;
    const content = this.#templates[this.#learned ? 'learned/digest.md' : 'digest.md'].render({
      slot,
      task: datasetText(this.#spec),
      facts,
      champion: headerText(candidate, scoreOf(state, candidate)),
      previous: previous ? titled('The digest before', previous) : '',
    });
    const aim = this.#learned ? 'learned index structures better' : 'nearest-neighbour search faster';
    const role = `You keep the notebook of a campaign that makes ${aim}, and write what was learned.`;
    return [
      { role: 'system', content: role },
      { role: 'user', content },
    ];
  }

  /** The same for all prompts of a slot, from the campaign's first to its last. */
  #system(state: CampaignState, slot: Slot): Message {
    const parts = {
      answer: this.#answerText(),
      contract: this.#contracts[slot],
      machine: machineText(state.fingerprint, this.#spec),
      dataset: datasetText(this.#spec),
    };
    if (this.#learned) {
      return { role: 'system', content: learnedSystem(this.#templates, this.#texts, this.#spec, slot, parts) };
    }
    const content = this.#templates['system.md'].render({
      ...parts,
      budget: budgetText(this.#spec, state.seedOutcome),
      slot,
      slotText: this.#texts.slots[slot],
    });
    return { role: 'system', content };
  }

  #answerText(): string {
    const full = this.#templates['answer-full.md'].render({});
    const edits = this.#templates['answer-edits.md'].render({});
    const either = `Either of these, never both. Where you change much:\n\n${full}\n\nWhere you change little:\n\n${edits}`;
    const code = { full, edits, either }[this.#spec.answerForm];
    return this.#templates[this.#learned ? 'learned/answer.md' : 'answer.md'].render({ code });
  }

  #group(
    state: CampaignState,
    slot: Slot,
    parent: Candidate,
    parts: {
      readonly others: PerSlot<Candidate>;
      readonly learned: string;
      readonly exemplars: string;
      readonly outcomes: string;
      readonly strategies: string;
      readonly request: string;
    },
  ): Message {
    const others = slotsOf(this.#spec.target)
      .filter((other) => other !== slot)
      .map((other) => otherText(state, parts.others[other]));
    const content = this.#templates['group.md'].render({
      ...parts,
      slot,
      others: others.join('\n'),
      parent: headerText(parent, scoreOf(state, parent)),
    });
    return { role: 'user', content };
  }

  #strategyText(slot: Slot, names: readonly string[]): string {
    const texts = names.map((name) => {
      const text = this.#strategies[slot].get(name);
      if (text === undefined) throw new Error(`no strategy ${name} for ${slot}`);
      return text.replace(/^# /, '## ');
    });
    return titled('Strategies to consider', texts.join('\n\n'));
  }
}

/** Another slot's champion in one line: its score, and what its first comment says. */
function otherText(state: CampaignState, candidate: Candidate): string {
  const summary = summaryComment(candidate.source);
  return `- ${candidate.slot}: ${candidate.id}, ${scoreText(scoreOf(state, candidate))}. ${summary}`.trimEnd();
}

/** A model's digest, or the bare facts until there is one. */
function learnedText(state: CampaignState, slot: Slot): string {
  return titled(
    'What has been learned about this slot',
    (state.digests[slot]?.text ?? factsText(state, slot)).slice(0, mostLearned),
  );
}

function requestFor(target: Target, exemplars: boolean, strategies: boolean): string {
  const [more, less] = isLearned(target) ? ['better', 'poorer'] : ['faster', 'slower'];
  const why = exemplars
    ? `Explain first why the ${more} of these implementations are ${more} than the ${less} ones, from their code and their figures. Then write one that is ${more} than all of them.`
    : `Find out first what limits this header. Then write one that is ${more}.`;
  const how = strategies
    ? ' Take up a strategy where it promises a gain here, combine two where they help each other, or follow an idea of your own.'
    : '';
  return `${why}${how} One idea carried through correctly earns more than several half done; only one that is ${more} than the champion is kept. Edits apply to the header under "The header you start from".`;
}

function titled(title: string, text: string): string {
  return text && `# ${title}\n\n${text}`;
}

function fencedText(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

function known(state: CampaignState, id: string): Candidate {
  const candidate = state.candidates.get(id);
  if (!candidate) throw new Error(`the prompt pool drew ${id}, which the campaign does not know`);
  return candidate;
}

function bytesOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
}

import type { CampaignLog } from '../../core/campaign-state.ts';
import { type Candidate, makeCandidate } from '../../core/candidate.ts';
import { HarnessError } from '../../core/errors.ts';
import { isMendable } from '../../core/outcome.ts';
import type { Prompt } from '../../core/prompt.ts';
import type { Drawing, Proposed } from '../../core/proposer.ts';
import { type Slot, slotsOf } from '../../core/target.ts';
import type { AnswerReader, NothingNew } from '../parts.ts';
import { type Lease, LeaseBook } from './lease-book.ts';
import type { DeskStatus, Exemplar, Report, SubmitRequest, Submitted, Turn } from './protocol.ts';
import { exemplarsOf, reportOf } from './report.ts';
import { readSubmission, refusalText } from './submission.ts';
import { AnswerWindow } from './window.ts';

export interface DeskParts {
  readonly log: CampaignLog;
  /** The slot's contract header, as shown to whoever writes a candidate. */
  readonly contract: (slot: Slot) => string;
  readonly readAnswer: AnswerReader;
  readonly nothingNew: NothingNew;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** An answer that is no candidate may be mended so often under its lease; then it is recorded as it is. */
const furtherTries = 2;

/** Where agents' requests meet the group under way. */
export class AgentDesk {
  readonly #parts: DeskParts;
  readonly #leases: LeaseBook;
  readonly #triesLeft = new Map<string, number>();
  #window: AnswerWindow | null = null;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#leases = new LeaseBook(parts.log.state.spec.leaseMinutes, parts.now);
  }

  get slots(): readonly Slot[] {
    return slotsOf(this.#parts.log.state.spec.target);
  }

  /** Lets agents answer a group's prompt, until the window is closed. */
  open(drawing: Drawing): AnswerWindow {
    this.#window = new AnswerWindow(drawing, () => {
      this.#window = null;
    });
    return this.#window;
  }

  next(agent: string): Turn {
    const window = this.#window;
    const given = this.#leases.next(agent, window?.places ?? null);
    if (!window || 'waitSeconds' in given) {
      const seconds = 'waitSeconds' in given ? given.waitSeconds : 1;
      return {
        kind: 'wait',
        seconds,
        reason: window ? 'every place of the group is taken' : 'no group takes answers now',
      };
    }
    const { group, prompt } = window;
    return {
      kind: 'lease',
      lease: given.id,
      expiresAt: isoTime(given.expiresAt),
      group: group.group,
      slot: group.slot,
      parent: prompt.parent,
      prompt: promptText(prompt),
    };
  }

  submit(request: SubmitRequest): Submitted {
    const window = this.#window;
    const claim = this.#leases.claim(request.lease, request.agent, window?.places ?? null);
    if (claim.kind === 'open' && window) return this.#receive(request, claim.lease, window);
    if (claim.kind === 'spent') return this.#repeated(request, claim.candidate);
    return claim.kind === 'gone' ? claim : { kind: 'gone', reason: 'no group takes answers now' };
  }

  #receive({ text, agent, analysis, design }: SubmitRequest, lease: Lease, window: AnswerWindow): Submitted {
    const { state, prompt } = window;
    const parent = state.candidates.get(lease.repairs ?? prompt.parent);
    if (!parent) throw new HarnessError(`the journal lacks ${prompt.parent}, which ${prompt.id} is about`);
    const read = readSubmission(text, { state, parent, form: state.spec.answerForm, ...this.#parts });
    const origin = { proposer: 'agent', agent, prompt: lease.prompt, turn: lease.turn } as const;
    const fields = { slot: parent.slot, parents: [parent.id] };
    if (read.kind === 'header') {
      const said = {
        ...origin,
        ...spoken('analysis', analysis ?? read.analysis),
        ...spoken('design', design ?? read.design),
      };
      const candidate = makeCandidate({ ...fields, source: read.source, origin: said });
      return { kind: 'accepted', report: this.#take({ candidate }, lease, text, window) };
    }
    const { refusal } = read;
    const reason = refusalText(refusal);
    const triesLeft = this.#triesLeft.get(lease.id) ?? furtherTries;
    this.#triesLeft.set(lease.id, triesLeft - 1);
    if (triesLeft > 0) return { kind: 'again', reason, triesLeft };
    // Under a heading of its own, so that a copy is not taken for what it copies.
    const candidate = makeCandidate({ ...fields, source: `// ${lease.id}: ${refusal.rule}\n${text}`, origin });
    return { kind: 'refused', reason, report: this.#take({ candidate, refusal }, lease, text, window) };
  }

  #take(proposed: Proposed, lease: Lease, text: string, window: AnswerWindow): Report {
    this.#leases.spend(lease.id, proposed.candidate.id, text);
    window.take(proposed);
    return this.#reportOf(proposed.candidate);
  }

  /** Said again, for instance because a connection broke: the same answer is accepted once, and any other refused. */
  #repeated({ lease, text }: SubmitRequest, answered: string): Submitted {
    const candidate = this.#candidate(answered);
    if (candidate && this.#leases.wasAnsweredWith(lease, text))
      return { kind: 'accepted', report: this.#reportOf(candidate) };
    return { kind: 'gone', reason: `${lease} was answered with ${answered}; ask for the next prompt` };
  }

  /** Undefined where no such candidate is known. */
  report(id: string): Report | undefined {
    const candidate = this.#candidate(id);
    return candidate && this.#reportOf(candidate);
  }

  contract(slot: Slot): string {
    return this.#parts.contract(slot);
  }

  exemplars(slot: Slot): readonly Exemplar[] {
    return exemplarsOf(this.#parts.log.state, slot);
  }

  status(): DeskStatus {
    const { spec, attempts } = this.#parts.log.state;
    const { name, dataset, maxEvaluations } = spec;
    const common = { campaign: name, dataset, evaluations: attempts.length, maxEvaluations };
    if (!this.#window) return { ...common, group: null };
    const { group, slot } = this.#window.group;
    const { size, answered } = this.#window.places;
    return { ...common, group: { group, slot, size, answered, leased: this.#leases.leased(group) } };
  }

  #candidate(id: string): Candidate | undefined {
    return (this.#window?.state ?? this.#parts.log.state).candidates.get(id);
  }

  #reportOf(candidate: Candidate): Report {
    const { state } = this.#parts.log;
    const report = reportOf(state, candidate);
    const attempt = state.attempts.findLast((one) => one.candidate.id === candidate.id);
    const lease = attempt && isMendable(attempt.outcome) ? this.#repairOf(candidate) : undefined;
    return lease ? { ...report, repair: { lease: lease.id, expiresAt: isoTime(lease.expiresAt) } } : report;
  }

  /** The lease for another turn, where turns are left and the group waits for answers: a whole one may end at any moment. */
  #repairOf({ id, origin }: Candidate): Lease | undefined {
    const group = this.#window?.isWhole === false ? this.#window.group : undefined;
    if (origin.proposer !== 'agent' || !group) return undefined;
    if (!group.candidates.some((one) => one.id === id) || group.refusals.has(id)) return undefined;
    const { agent, prompt, turn } = origin;
    if (turn > this.#parts.log.state.spec.repairTurns) return undefined;
    const lease = this.#leases.repair(id, { agent, group: group.group, prompt, turn: turn + 1 });
    return this.#leases.isSpent(lease.id) ? undefined : lease;
  }
}

function spoken<Key extends string>(key: Key, text: string | undefined): { [K in Key]?: string } {
  return (text?.trim() ? { [key]: text.trim() } : {}) as { [K in Key]?: string };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function promptText({ messages }: Prompt): string {
  return messages.map(({ content }) => content.trim()).join('\n\n');
}

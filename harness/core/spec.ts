import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { UsageError } from './errors.ts';
import { answerForms } from './prompt.ts';
import { allSlots, isLearned, type Slot, slotsOf, targets, turnsOf } from './target.ts';
import { wordsOf } from './target-words.ts';

export const proposers = ['grammar', 'llm', 'agent', 'replay'] as const;
export const schedules = ['turns', 'sequence', 'expected-gain'] as const;
export const controlArms = ['grammar', 'seed-prompt'] as const;

/** Who drew a group: the campaign's own proposer, or a control beside it. */
export type Arm = 'main' | (typeof controlArms)[number];

/**
 * How a group's rewards become advantages. All are relative to the group, so that the policy learns what beats its fellows,
 * and all have mean zero.
 *
 * - `grpo`: (r - mean) / population std (DeepSeekMath, arXiv 2402.03300, section 4.1.2).
 * - `dr-grpo`: r - mean; without the std, groups that differ little do not weigh as much as those that differ much
 *   (Dr. GRPO, arXiv 2503.20783, section 3).
 * - `leave-one-out`: r_i - mean of the others (RLOO, arXiv 2402.14740), which is dr-grpo times G / (G - 1).
 * - `entropic`: G softmax(beta r) - 1, seeking the maximum rather than the mean; beta is what puts the softmax ln 2 nats from
 *   uniform (TTT-Discover, arXiv 2601.16175, section 3.2). The paper's code divides by the mean of the others' weights, which is
 *   unbounded where one reward dwarfs the rest; the group's own mean is used here, so an advantage lies in [-1, G - 1].
 */
export const advantageMethods = ['grpo', 'dr-grpo', 'leave-one-out', 'entropic'] as const;
export type AdvantageMethod = (typeof advantageMethods)[number];

/** One flat campaign specification; the resolved form is stored beside the journal. */
export const campaignSpec = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'use letters, digits, ".", "_" and "-", at most 64, not starting with a dot',
    )
    .describe('folder under runs/'),
  target: z
    .enum(targets)
    .default('graph')
    .describe(`what is optimised: ${targets.join(', ')}`),
  scale: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'the name of a preset: campaign, small, large or paper')
    .optional()
    .describe("a learned target's settings: campaign (the default), small, large or paper"),
  dataset: z
    .string()
    .min(1)
    .optional()
    .describe('catalogue name, or path of a base file; default: mnist-784-euclidean, of learned-lookup: synthetic'),
  queries: z.string().min(1).optional().describe('path of the query file, where the dataset is a path'),
  metric: z.enum(['euclidean', 'angular']).optional().describe('where the dataset is a path; default euclidean'),
  proposer: z.enum(proposers).default('grammar').describe('who proposes: grammar, llm, agent or replay'),
  models: z.array(z.string().min(1)).default([]).describe('models that an llm campaign asks, in any order'),
  modelTable: z
    .string()
    .min(1)
    .optional()
    .describe('JSON file of models, endpoints and prices that goes before our own'),
  temperature: z.number().min(0).max(2).optional().describe("sampling temperature; default: the endpoint's"),
  maxAnswerTokens: z.number().int().min(256).default(24_000).describe('tokens of one answer, reasoning included'),
  requestSeconds: z.number().positive().default(600).describe('time-out of one call to a model'),
  requestsAtOnce: z.number().int().min(1).max(64).default(6).describe('calls to models under way at a time'),
  outageMinutes: z
    .number()
    .min(0)
    .default(30)
    .describe('how long to wait for models that do not answer before stopping'),
  answerForm: z.enum(answerForms).default('either').describe('whole headers, search/replace edits, or either'),
  exemplars: z.number().int().min(0).max(6).default(2).describe('other candidates shown in a prompt with their scores'),
  strategies: z.number().int().min(0).max(6).default(2).describe('strategies suggested in a prompt'),
  repairTurns: z.number().int().min(0).max(5).default(1).describe('further turns after a compile error or crash'),
  repairDiscount: z.number().min(0).max(1).default(0.4).describe('share of a repair that counts for the first answer'),
  digestGroups: z.number().int().min(0).default(4).describe('groups between digests of what was learned; 0: none'),
  recording: z.string().min(1).optional().describe('campaign folder whose proposals a replay makes again'),
  leaseMinutes: z.number().positive().default(45).describe('how long an agent may work on one prompt'),
  slots: z
    .array(z.enum(allSlots))
    .nonempty()
    .optional()
    .describe('slots in the order they take turns; default: all of the target, those without training first'),
  schedule: z
    .enum(schedules)
    .default('turns')
    .describe('slots take turns, come in sequence (each while it pays), or by expected gain'),
  controls: z
    .array(z.enum(controlArms))
    .default([])
    .describe('control arms on the same leaderboard: grammar, seed-prompt (best of N of the first prompt)'),
  controlEvery: z.number().int().min(2).default(4).describe('every so many groups one goes to a control arm'),
  k: z.number().int().min(1).max(100).default(10).describe('neighbours asked for'),
  mode: z
    .enum(['single', 'throughput'])
    .default('single')
    .describe('one query at a time on one core, or all cores at once, a process each'),
  groupSize: z
    .number()
    .int()
    .min(2)
    .max(64)
    .default(6)
    .describe('candidates drawn from one policy before it is updated'),
  maxMinutes: z.number().positive().default(60).describe('wall-time budget'),
  maxEvaluations: z.number().int().positive().default(1000).describe('attempts at most'),
  maxEvaluationHours: z.number().positive().optional().describe('hours of compiling and measuring, at most'),
  maxDollars: z.number().min(0).optional().describe('money for models, calls under way included'),
  maxTokens: z.number().int().positive().optional().describe('tokens read and written by models, at most'),
  maxRequests: z.number().int().positive().optional().describe('calls to models, at most'),
  requiredGain: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('relative gain the lower bound must clear for promotion'),
  heldOut: z
    .array(z.string().min(1))
    .optional()
    .describe('what a champion must not lose on: "k=N", a dataset name; "none"; default: fashion-mnist and another k'),
  sentinelMinutes: z.number().positive().default(15).describe('minutes between measurements of the seed beside itself'),
  maxDegree: z.number().int().min(4).max(512).default(64).describe('out-degree cap of a graph'),
  threads: z.number().int().min(1).max(256).optional().describe('build threads; default: all cores'),
  memoryMebibytes: z.number().int().min(256).default(6144).describe('memory limit of a sandboxed process'),
  buildSecondsLimit: z.number().positive().default(120).describe('construction time-out'),
  buildFactor: z.number().min(1).default(4).describe('cap on build time, relative to the seed'),
  indexFactor: z.number().min(1).default(3).describe('cap on index bytes, relative to the seed'),
  advantage: z.enum(advantageMethods).default('entropic').describe("how a group's rewards become advantages"),
  clipSigmas: z.number().positive().optional().describe('rewards are pulled in to so many standard deviations first'),
  poolRate: z.number().min(0).default(1).describe("logits the prompt pool's entries move per unit of advantage"),
  poolFloor: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('share of exemplars and strategies that are drawn uniformly'),
  learningRate: z.number().positive().default(3).describe('logits moved per unit of gradient and epoch'),
  anchor: z.number().min(0).default(3).describe("nats by which a proposal favours the champion's own choices"),
  epochs: z.number().int().min(1).max(32).default(4).describe('passes of the update over one group'),
  clip: z.number().positive().max(1).default(0.2).describe("GRPO's ratio clip"),
  klWeight: z.number().min(0).default(0.02).describe('weight of the KL to the reference policy'),
  seed: z.number().int().min(0).default(1),
  sandbox: z.enum(['bubblewrap', 'none-i-trust-this-code']).default('bubblewrap'),
});

type GivenSpec = z.infer<typeof campaignSpec>;
/** A specification with what depends on its target filled in. */
export type CampaignSpec = Omit<GivenSpec, 'dataset' | 'slots'> & {
  readonly dataset: string;
  slots: [Slot, ...Slot[]];
};
export const specFields = Object.keys(campaignSpec.shape) as (keyof CampaignSpec)[];

/** In place of a dataset, where a target draws its own data. */
export const syntheticData = 'synthetic';

/** Parses a specification. @throws UsageError naming each field, its value and the way out */
export function parseSpec(input: unknown): CampaignSpec {
  const result = campaignSpec.safeParse(input);
  if (result.success) return ofItsTarget(result.data);
  const lines = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `unknown field "${key}"; nearest known: "${closest(key, specFields)}"`).join('; ');
    }
    const field = issue.path.join('.');
    const value = field
      ? JSON.stringify((input as Record<string, unknown>)[String(issue.path[0])])
      : JSON.stringify(input);
    return `${field || 'specification'} = ${value}: ${issue.message}`;
  });
  throw refusal(lines);
}

/** What one field asks of another: each target has slots, data and settings of its own. @throws UsageError */
function ofItsTarget(given: GivenSpec): CampaignSpec {
  const { target, dataset = wordsOf(target).dataset, slots = turnsOf(target), scale } = given;
  const own: readonly Slot[] = slotsOf(target);
  const lines: string[] = slots
    .filter((slot) => !own.includes(slot))
    .map((slot) => {
      const others = targets.filter((other) => (slotsOf(other) as readonly Slot[]).includes(slot));
      return `slots = "${slot}": the target ${target} has ${own.join(', ')}; for ${slot} give --target ${others.join(' or ')}`;
    });
  if (!isLearned(target) && scale !== undefined)
    lines.push(
      `scale = "${scale}": the graph is built and not trained, so it has no scale; leave it out, or give a learned --target`,
    );
  if (dataset === syntheticData && wordsOf(target).dataset !== syntheticData)
    lines.push(`dataset = "${dataset}": only learned-lookup draws its own data; name a dataset for ${target}`);
  if (isLearned(target) && given.heldOut?.some((name) => name !== 'none'))
    lines.push(`heldOut = ${JSON.stringify(given.heldOut)}: ${target} has no held-out conditions; leave it out`);
  if (lines.length > 0) throw refusal(lines);
  const filled = { ...given, ...(isLearned(target) && { scale: scale ?? 'campaign' }), dataset, slots };
  // Once more, for the order of its fields: equal specifications are equal as text.
  return campaignSpec.parse(filled) as CampaignSpec;
}

function refusal(lines: readonly string[]): UsageError {
  return new UsageError(`campaign specification: ${lines.join('\n  ')}`);
}

import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { UsageError } from './errors.ts';
import { graphSlots } from './target.ts';

/** One flat campaign specification; the resolved form is stored beside the journal. */
export const campaignSpec = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'use letters, digits, ".", "_" and "-", at most 64, not starting with a dot',
    )
    .describe('folder under runs/'),
  dataset: z.string().min(1).default('mnist-784-euclidean').describe('catalogue name, or path of a base file'),
  queries: z.string().min(1).optional().describe('path of the query file, where the dataset is a path'),
  metric: z.enum(['euclidean', 'angular']).optional().describe('where the dataset is a path; default euclidean'),
  proposer: z.enum(['grammar']).default('grammar'),
  slots: z
    .array(z.enum(graphSlots))
    .nonempty()
    .default([...graphSlots])
    .describe('slots in the order they take turns'),
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
  learningRate: z.number().positive().default(3).describe('logits moved per unit of gradient and epoch'),
  anchor: z.number().min(0).default(3).describe("nats by which a proposal favours the champion's own choices"),
  epochs: z.number().int().min(1).max(32).default(4).describe('passes of the update over one group'),
  clip: z.number().positive().max(1).default(0.2).describe("GRPO's ratio clip"),
  klWeight: z.number().min(0).default(0.02).describe('weight of the KL to the reference policy'),
  seed: z.number().int().min(0).default(1),
  sandbox: z.enum(['bubblewrap', 'none-i-trust-this-code']).default('bubblewrap'),
});

export type CampaignSpec = z.infer<typeof campaignSpec>;
export const specFields = Object.keys(campaignSpec.shape) as (keyof CampaignSpec)[];

/** Parses a specification. @throws UsageError naming each field, its value and the way out */
export function parseSpec(input: unknown): CampaignSpec {
  const result = campaignSpec.safeParse(input);
  if (result.success) return result.data;
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
  throw new UsageError(`campaign specification: ${lines.join('\n  ')}`);
}

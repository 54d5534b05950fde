import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { packageRoot } from '../core/paths.ts';
import { allSlots } from '../core/target.ts';
import type { DeskClient } from '../propose/agent/desk-client.ts';
import { exemplar, type Report, report, submitted, turn } from '../propose/agent/protocol.ts';
import { connectDesk } from './desk.ts';
import type { CliEnvironment } from './environment.ts';
import { reportText } from './report-text.ts';

/** `annvil mcp`: serves until standard input ends. Nothing but the protocol goes to standard output. */
export async function serveMcp(
  environment: CliEnvironment,
  { campaign }: { readonly campaign?: string },
): Promise<void> {
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  // Connected anew for every call: the campaign may begin, stop and be resumed while the agent stays.
  const server = mcpServer(() => connectDesk(environment, campaign), version);
  await server.connect(new StdioServerTransport());
}

const instructions = `Annvil improves C++ nearest-neighbour code. Take a prompt with next_prompt, write the header that it asks for, and \
hand it in with submit_candidate under the prompt's lease. What comes back is measured: an interval of the speed-up, or what the \
compiler said. A failed candidate may be mended under the repair lease in its report. Then take the next prompt, until there is none.`;

/** Clients give up on a call after a minute unless told otherwise. */
const usualWaitSeconds = 45;
const waitField = z.number().min(0).max(3600).default(usualWaitSeconds);
const slotField = z.enum(allSlots);

/** The tools. @param connect the desk of the campaign; what it throws is what the caller reads */
export function mcpServer(connect: () => Promise<DeskClient>, version: string): McpServer {
  const server = new McpServer({ name: 'annvil', version }, { instructions });
  // Two windows of one program are two agents.
  const suffix = randomBytes(2).toString('hex');
  const agent = () => {
    const name = server.server.getClientVersion()?.name ?? 'mcp';
    return `${name.replace(/[^\w.@:+-]+/g, '-').slice(0, 50)}-${suffix}`;
  };
  const reading = { readOnlyHint: true, openWorldHint: false };
  const writing = { readOnlyHint: false, destructiveHint: false, openWorldHint: false };

  server.registerTool(
    'next_prompt',
    {
      title: 'Next prompt',
      description:
        'Leases the next prompt of the running campaign. Asked again before it is answered, it gives the same.',
      inputSchema: { wait_seconds: waitField.describe('how long to wait for a prompt') },
      outputSchema: { turn },
      annotations: { ...writing, idempotentHint: true },
    },
    async ({ wait_seconds }) => {
      const given = await (await connect()).next(agent(), wait_seconds);
      const text =
        given.kind === 'lease'
          ? `Lease ${given.lease}, until ${given.expiresAt}.\n\n${given.prompt}`
          : `Nothing to do: ${given.reason}. Ask again in ${given.seconds} s.`;
      return said(text, { turn: given });
    },
  );

  server.registerTool(
    'submit_candidate',
    {
      title: 'Submit a candidate',
      description:
        'Hands in a header (or a whole answer with sections or edits) under a lease, and waits for its outcome: speed-up, curve, diagnostics.',
      inputSchema: {
        lease: z.string().describe('from next_prompt, or the repair lease of a report'),
        text: z.string().min(1).describe('the whole C++ header, or an answer in the form that the prompt asks for'),
        analysis: z.string().optional().describe('why the exemplars differ in speed'),
        design: z.string().optional().describe('what this header does about it'),
        wait_seconds: waitField.describe('how long to wait for the outcome; the outcome tool waits on'),
      },
      outputSchema: { submitted },
      annotations: { ...writing, idempotentHint: true },
    },
    async ({ lease, text, analysis, design, wait_seconds }) => {
      const spoken = { ...(analysis && { analysis }), ...(design && { design }) };
      const answer = await (await connect()).submit({ lease, agent: agent(), text, ...spoken }, wait_seconds);
      return said(submittedText(answer), { submitted: answer });
    },
  );

  server.registerTool(
    'outcome',
    {
      title: 'Outcome of a candidate',
      description:
        'What became of a candidate: outcome with diagnostics, reward, speed-ups, curve, whether it was promoted.',
      inputSchema: {
        candidate: z.string().describe('id'),
        wait_seconds: waitField.describe('how long to wait where it is not evaluated yet'),
      },
      outputSchema: { report },
      annotations: reading,
    },
    async ({ candidate, wait_seconds }) => {
      const found = await (await connect()).outcome(candidate, wait_seconds);
      return said(toolText(found), { report: found });
    },
  );

  server.registerTool(
    'contract',
    {
      title: 'Contract of a slot',
      description: 'The C++ header that says what a candidate for the slot must provide, and what it may use.',
      inputSchema: { slot: slotField },
      outputSchema: { contract: z.string() },
      annotations: reading,
    },
    async ({ slot }) => {
      const contract = await (await connect()).contract(slot);
      return said(contract, { contract });
    },
  );

  server.registerTool(
    'exemplars',
    {
      title: 'Exemplars of a slot',
      description:
        'The best headers of the slot so far with their speed-ups: the champion, the fastest others, the seed.',
      inputSchema: { slot: slotField },
      outputSchema: { exemplars: z.array(exemplar) },
      annotations: reading,
    },
    async ({ slot }) => {
      const exemplars = [...(await (await connect()).exemplars(slot))];
      const text = exemplars.map(({ candidate, role, speedupOverSeed, source }) => {
        const speed = speedupOverSeed ? `, ${speedupOverSeed.value.toFixed(3)}x the seed` : '';
        return `// ${candidate} (${role}${speed})\n${source}`;
      });
      return said(text.join('\n'), { exemplars });
    },
  );

  server.registerTool(
    'leaderboard',
    {
      title: 'Leaderboard',
      description: 'Every candidate measured so far with its interval, by slot, and the champions.',
      inputSchema: {},
      outputSchema: { leaderboard: z.record(z.string(), z.unknown()) },
      annotations: reading,
    },
    async () => {
      const leaderboard = await (await connect()).leaderboard();
      return said(JSON.stringify(leaderboard), { leaderboard });
    },
  );
  return server;
}

function said(text: string, structuredContent: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent };
}

function submittedText(answer: z.infer<typeof submitted>): string {
  switch (answer.kind) {
    case 'accepted':
      return toolText(answer.report);
    case 'refused':
      return `No candidate, and recorded as such: ${answer.reason}`;
    case 'again':
      return `No candidate: ${answer.reason}\nSubmit again under the same lease; tries left: ${answer.triesLeft}.`;
    case 'gone':
      return `Not taken: ${answer.reason}.`;
  }
}

/** The command line's words, with tools in place of commands. */
function toolText(found: Report): string {
  if (found.status === 'waiting')
    return `${found.candidate} is taken, and not evaluated yet: the outcome tool waits for it.`;
  const { repair, ...rest } = found;
  const text = reportText({ ...rest, repair: null });
  return repair ? `${text}\n\nTo mend it, submit again under lease ${repair.lease} (until ${repair.expiresAt}).` : text;
}

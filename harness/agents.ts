import type { CampaignLog } from './core/campaign-state.ts';
import type { Proposer } from './core/proposer.ts';
import { perSlotAwaited } from './core/target.ts';
import { AgentDesk } from './propose/agent/desk.ts';
import { openDeskServer } from './propose/agent/desk-server.ts';
import { AgentProposer } from './propose/agent/proposer.ts';
import { poolDraw } from './propose/pool/draw.ts';
import { readAnswer } from './propose/prompt/answer.ts';
import type { PromptWriter } from './propose/prompt/compose.ts';
import { readContract } from './propose/prompt/contract.ts';
import { nothingNew } from './propose/prompt/novelty.ts';
import { leaderboard } from './record/leaderboard.ts';

export interface AgentCampaign {
  readonly log: CampaignLog;
  readonly runDir: string;
  readonly writer: PromptWriter;
}

/** A proposer whose prompts coding agents answer; they reach it through the campaign's folder until it is closed. */
export async function openAgentProposer({ log, runDir, writer }: AgentCampaign): Promise<Proposer> {
  const { target } = log.state.spec;
  const bySlot = await perSlotAwaited(target, (slot) => readContract(target, slot));
  const desk = new AgentDesk({ log, contract: (slot) => bySlot[slot], readAnswer, nothingNew });
  const server = await openDeskServer({ desk, runDir, leaderboard: () => leaderboard(log.state) });
  return new AgentProposer({
    writer,
    drawEntries: poolDraw(log.state.spec, writer.strategyNames),
    desk,
    close: () => server.close(),
  });
}

/** For whoever starts the campaign: it waits for agents, and this is how they come. */
export function howAgentsWork(campaign: string): string {
  return `agents are awaited: annvil mcp --campaign ${campaign}, or annvil next --campaign ${campaign}`;
}

import { type Ability, ABILITY_WORDS, type TaskKind } from '../core/ability.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { Capabilities, Deployment, Estimate } from '../core/deployment.ts';

export interface Needs {
  media: readonly MediaNeed[];
  tools: boolean;
  estimate: Estimate;
  ability: Ability;
}

/** What is no conversation. */
export interface TaskNeed {
  kind: TaskKind;
  /** Of the longest of its texts: each of them has the model's context to itself. */
  longestTokens: number;
}

type Medium = Capabilities['input'][number];

interface MediaNeed {
  medium: Medium;
  /** Where it stands first: `messages.3.content.1`. */
  param: string;
}

/** Why a deployment cannot serve a request. */
export type Obstacle =
  | { kind: 'context'; neededTokens: number; contextTokens: number }
  | { kind: 'unsupported'; what: string; param: string };

export function needsOf(request: ChatRequest, estimate: Estimate, task?: TaskNeed): Needs {
  if (task) {
    const longest = { ...estimate, inputTokens: task.longestTokens };
    return { media: [], tools: false, estimate: longest, ability: task.kind };
  }
  const tools = Boolean(request.tools?.length || request.functions?.length);
  return { media: mediaNeeds(request), tools, estimate, ability: 'chat' };
}

/** What a model lacks comes before its size: a larger one of the kind would not help. */
export function obstacleFor({ capabilities }: Deployment, needs: Needs): Obstacle | undefined {
  const { tasks } = capabilities;
  if (tasks ? !tasks.includes(needs.ability) : needs.ability !== 'chat')
    return { kind: 'unsupported', what: ABILITY_WORDS[needs.ability], param: 'model' };
  for (const { medium, param } of needs.media) {
    if (!capabilities.input.includes(medium)) return { kind: 'unsupported', what: MEDIA_WORDS[medium], param };
  }
  if (needs.tools && !capabilities.tools) return { kind: 'unsupported', what: 'tools', param: 'tools' };
  // Indented JSON and code have more characters to a token than four: only what surely does not fit is refused.
  const input = needs.estimate.inputTokens * SURE_SHARE;
  const neededTokens = Math.ceil(input + Math.min(needs.estimate.outputTokens, capabilities.outputTokens));
  if (neededTokens <= capabilities.contextTokens) return undefined;
  return { kind: 'context', neededTokens, contextTokens: capabilities.contextTokens };
}

const SURE_SHARE = 0.8;
const MEDIA_WORDS: Record<Medium, string> = { image: 'images', pdf: 'PDFs', audio: 'audio', video: 'video' };

/** The first place of each medium. */
function mediaNeeds(request: ChatRequest): MediaNeed[] {
  const needs: MediaNeed[] = [];
  for (let index = 0; index < request.messages.length; index++) {
    const content = request.messages[index]?.content;
    if (!Array.isArray(content)) continue;
    for (const [at, part] of content.entries()) {
      const medium = mediumOf(part);
      if (!medium || needs.some((need) => need.medium === medium)) continue;
      needs.push({ medium, param: `messages.${index}.content.${at}` });
    }
  }
  return needs;
}

/** OpenRouter's `video_url` is not among OpenAI's parts. */
function mediumOf(part: { type: string; file?: { file_data?: string; filename?: string } }): Medium | undefined {
  switch (part.type) {
    case 'image_url':
      return 'image';
    case 'input_audio':
      return 'audio';
    case 'video_url':
      return 'video';
    case 'file':
      return fileMedium(part.file);
    default:
      return undefined;
  }
}

/** Files of text are read as text, and what an uploaded file holds only its provider knows. */
function fileMedium(file: { file_data?: string; filename?: string } | undefined): Medium | undefined {
  const start = file?.file_data?.slice(0, 40) ?? '';
  if (start.startsWith('data:image/')) return 'image';
  if (start.startsWith('data:audio/')) return 'audio';
  if (start.startsWith('data:video/')) return 'video';
  if (start.startsWith('data:application/pdf')) return 'pdf';
  return file?.filename?.toLowerCase().endsWith('.pdf') ? 'pdf' : undefined;
}

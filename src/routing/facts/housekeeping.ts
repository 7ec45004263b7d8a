/**
 * What clients ask for behind the user's back: titles, tags, what the user might say next. Known by the very words with
 * which each client's prompt begins, so that nobody's question about titles is taken for one. Compacting a conversation
 * is none of these: the rest of the work hangs on it.
 */
import type { ChatRequest } from '../../core/chat.ts';
import type { Ask } from '../ask.ts';
import { headOf } from './text.ts';

const SYSTEM_WORDS = [
  // Claude Code
  'generate a concise, sentence-case title (3-7 words)',
  'analyze if this message indicates a new conversation topic',
  'summarize this coding conversation in under 50 characters',
  // OpenCode; Crush and Vercel's chat template; Copilot Chat; LibreChat; Cherry Studio
  'you are a title generator. you output only',
  'you will generate a short title based on the first message',
  'you are an expert in crafting pithy titles for chatbot conversations',
  'write a concise title for this conversation',
  '总结给出的会话，将其总结为语言为',
];

const USER_WORDS = [
  // Claude Code
  '[suggestion mode:',
  'please write a 5-10 word title for the following conversation',
  // Open WebUI
  '### task:\ngenerate a concise, 3-5 word title',
  '### task:\ngenerate 1-3 broad tags',
  '### task:\nsuggest 3-5 relevant follow-up',
  '### task:\nanalyze the chat history to determine the necessity of generating search queries',
  '### task:\nyou are an autocompletion system',
  "your task is to reflect the speaker's likely facial expression through a fitting emoji",
  // LibreChat
  'provide a concise, 5-word-or-less title',
  'analyze this conversation and provide:\n1. the detected language',
  'please generate a concise title (max 40 characters)',
  // Codex, its app and its terminal
  'you will be presented with a user prompt, and your job is to provide a short title',
  'generate a concise, single-line task title',
  // OpenCode; Zed
  'generate a title for this conversation:',
  'generate a concise 3-7 word title for this conversation',
];

/** Whole asks by which Claude Code warms a connection or looks at its limits. */
const PROBES = new Set(['Warmup', 'quota', 'count']);

/** An agent's introduction of itself may stand before the words. */
const SYSTEM_CHARS = 600;
const USER_CHARS = 200;
const USER_START = 40;

export function isHousekeeping(request: ChatRequest, ask: Ask): boolean {
  const text = ask.text.slice(0, USER_CHARS + USER_START).trimStart();
  if (ask.media > 0) return false;
  if (PROBES.has(text.trimEnd())) return true;
  const head = text.slice(0, USER_CHARS).toLowerCase();
  if (USER_WORDS.some((words) => begins(head, words))) return true;
  const system = systemHead(request);
  return SYSTEM_WORDS.some((words) => system.includes(words)) || isShortTitle(request, `${system}\n${head}`);
}

function begins(head: string, words: string): boolean {
  const at = head.indexOf(words);
  return at >= 0 && at <= USER_START;
}

function systemHead({ messages }: ChatRequest): string {
  let text = '';
  for (const { role, content } of messages) {
    if (role !== 'system' && role !== 'developer') break;
    text += `${headOf(content, SYSTEM_CHARS)}\n`;
    if (text.length >= SYSTEM_CHARS) break;
  }
  return text.slice(0, SYSTEM_CHARS).toLowerCase();
}

/** Of clients that are not known by name: a handful of tokens, no tools, and a title for a conversation. */
function isShortTitle(request: ChatRequest, text: string): boolean {
  const most = request.max_completion_tokens ?? request.max_tokens;
  if (typeof most !== 'number' || most > SHORT_TOKENS || request.tools?.length) return false;
  return TITLE.test(text) && CONVERSATION.test(text);
}

const SHORT_TOKENS = 100;
// In quotes, which the bundle writes in ASCII: one letter beyond Latin-1, and V8 keeps all of it at two bytes a letter.
const TITLE = new RegExp(
  '\\b(?:title|tags?|topic|titel|titre|título|titolo)\\b|标题|標題|タイトル|제목|заголовок|название',
);
const CONVERSATION = new RegExp(
  '\\b(?:conversation|chat|dialog(?:ue)?|thread|session|konversation|gespräch|conversación|conversazione)\\b|会话|对话|對話|会話|대화|диалог|беседы|чата',
);

import type { Recording } from './recordings.ts';

/** Recorded answers that are not read by a chat dialect, by API or by id, and why not. */
export const EXCEPTIONS: Record<string, string> = {
  'anthropic/count_tokens': 'a count, not a chat answer',
  'bedrock/count-tokens': 'a count, not a chat answer',
  'anthropic/models': 'a list of models, not a chat answer',
  'openai/models': 'a list of models, not a chat answer',
  'bedrock/invoke': "the model's native body; we speak Converse",
  'bedrock/invoke-with-response-stream': "the model's native body; we speak Converse",
  'gemini-streamGenerateContent-s-200-6d67a28e': 'a JSON array, the answer without `alt=sse`; we always ask for SSE',
  'vertex-streamGenerateContent-s-200-0d04a047': 'a JSON array, the answer without `alt=sse`; we always ask for SSE',
};

export function exceptionKeysOf(recording: Recording): string[] {
  return [`${recording.provider}/${recording.api}`, recording.id].filter((key) => key in EXCEPTIONS);
}

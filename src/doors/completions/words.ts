import type { FinishReason, Logprobs } from '../../core/chat.ts';

type Token = NonNullable<Logprobs['content']>[number];

/** Legacy log probabilities: lists side by side, and where in the text each token begins. */
export function toLegacyLogprobs(tokens: readonly Token[], start: number): object {
  let offset = start;
  const offsets = tokens.map(({ token }) => {
    const at = offset;
    offset += token.length;
    return at;
  });
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top_logprobs: top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: offsets,
  };
}

export function lengthOf(tokens: readonly Token[]): number {
  return tokens.reduce((sum, { token }) => sum + token.length, 0);
}

export function toLegacyReason(reason: FinishReason): string {
  return reason === 'length' || reason === 'content_filter' ? reason : 'stop';
}

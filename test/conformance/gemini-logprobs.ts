/** Gemini's log probabilities, which practice does not make up. */
const LOGPROBS = {
  chosenCandidates: [{ token: 'Hi', logProbability: -0.1, tokenId: 1 }],
  topCandidates: [{ candidates: [{ token: 'Hi', logProbability: -0.1, tokenId: 1 }] }],
};
const ANSWER = {
  candidates: [
    { content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP', index: 0, logprobsResult: LOGPROBS },
  ],
  usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 1, totalTokenCount: 3 },
};

export function withLogprobs({ url }: Request): Response | undefined {
  if (!url.includes('/gemini/')) return undefined;
  if (!url.includes(':streamGenerateContent')) return Response.json(ANSWER);
  return new Response(`data: ${JSON.stringify(ANSWER)}\r\n\r\n`, { headers: { 'content-type': 'text/event-stream' } });
}

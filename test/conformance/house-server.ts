/**
 * An OpenAI-compatible server as people run them (vLLM, llama.cpp, DeepSeek): a model name of its own, fields of its
 * own, and reasoning in `reasoning_content`. Practice's gpt-4.1 does the talking.
 */
type Fetch = (request: Request) => Promise<Response>;
type Fields = Record<string, unknown>;

export const HOUSE_MODEL = 'house-model';
const HOUSE_THOUGHT = 'The house thinks.';
/** What gpt-4.1 would refuse and such a server does not. */
const OWN_FIELDS = ['house_field', 'web_search_options', 'top_k', 'reasoning', 'reasoning_effort', 'verbosity'];

/** Not minded either. */
const CACHE_MARK = /,"cache_control":\{[^}]*\}/g;

export function houseServer(practice: Fetch): Fetch {
  return async (request) => {
    if (!request.url.includes('/house/')) return practice(request);
    const asked = (await request.json()) as Fields;
    const thinks = asked['reasoning'] !== undefined || asked['reasoning_effort'] !== undefined;
    const rest = Object.fromEntries(Object.entries(asked).filter(([name]) => !OWN_FIELDS.includes(name)));
    const { headers, signal } = request;
    const body = JSON.stringify({ ...rest, model: 'gpt-4.1' }).replaceAll(CACHE_MARK, '');
    const url = request.url.replace('/house/', '/openai/');
    const answer = await practice(new Request(url, { method: 'POST', headers, body, signal }));
    return thinks && answer.ok ? thoughtful(answer, asked['stream'] === true) : answer;
  };
}

/** The same answer with a thought ahead of it. */
async function thoughtful(answer: Response, streamed: boolean): Promise<Response> {
  const text = await answer.text();
  const { headers } = answer;
  if (streamed) {
    const delta = { role: 'assistant', reasoning_content: HOUSE_THOUGHT };
    const chunk = { id: 'chatcmpl-house', object: 'chat.completion.chunk', created: 1, model: HOUSE_MODEL };
    const frame = { ...chunk, choices: [{ index: 0, delta, finish_reason: null }] };
    return new Response(`data: ${JSON.stringify(frame)}\n\n${text}`, { headers });
  }
  const whole = JSON.parse(text) as { choices: { message: Fields }[] };
  for (const { message } of whole.choices) message['reasoning_content'] = HOUSE_THOUGHT;
  return Response.json(whole, { headers });
}

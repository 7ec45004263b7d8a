import type { Call, Exchange, Provider } from '../../src/core/provider.ts';
import type { TaskDialect } from '../../src/core/task.ts';
import { authorizeByHeader } from '../shared/authorize.ts';
import { hidesReasoning } from '../shared/effort.ts';
import { reading } from '../shared/fault.ts';
import { hasResponses, isOpenAi, toPath } from './endpoint.ts';
import { batches } from './batch.ts';
import { callIds } from './call-ids.ts';
import { classify } from './errors.ts';
import { readLimits, reserve, spent } from './limits.ts';
import type { Reading } from './reading.ts';
import { toChat } from './request.ts';
import { fromChat } from './response.ts';
import { fromResponses } from './responses-answer.ts';
import { fitOriginal } from './responses-original.ts';
import { needsResponses, toResponses } from './responses-request.ts';
import { fromResponsesStream } from './responses-stream.ts';
import { fromChatStream } from './stream.ts';
import { task } from './task.ts';
import { fitNames, type Named } from './tool-names.ts';

/** OpenAI, Azure, and every server that speaks OpenAI's chat completions. */
export const openai: Provider & TaskDialect = {
  name: 'openai',
  speaks: ['chat', 'responses'],
  baseUrl: () => 'https://api.openai.com/v1',
  translate,
  classify,
  authorize: (request, endpoint) => authorizeByHeader(request, endpoint, 'authorization'),
  reserve,
  spent,
  readLimits,
  task,
  batches,
};

function translate(call: Call): Exchange {
  if (call.original?.wire === 'responses' && hasResponses(call.endpoint)) return passResponses(call);
  const named = fitNames(call);
  return needsResponses(call) ? throughResponses(named) : throughChat(named);
}

function throughChat(named: Named): Exchange {
  const { call, names } = named;
  const { body, bytes, warnings, emulate } = toChat(call);
  const how = toReading(named);
  const isPlain = Object.keys(emulate).length === 0;
  return {
    path: toPath('/chat/completions', call.endpoint.settings),
    headers: { 'content-type': 'application/json' },
    body,
    bytes,
    warnings,
    // OpenAI's chat shows no reasoning; other servers do, and know nothing of `reasoning.exclude`.
    relay: isPlain && !names && (!how.hideReasoning || isOpenAi(call.endpoint)) ? 'chat' : undefined,
    ...(!isPlain && { emulate }),
    readAnswer: (answer, sink) => reading(() => fromChat(answer, sink, how)),
    openStream: (sink) => fromChatStream(sink, how),
  };
}

function passResponses(call: Call): Exchange {
  const { body, warnings } = fitOriginal(call);
  const exchange = responsesExchange({ call }, body);
  return { ...exchange, headers: { ...call.original?.headers, ...exchange.headers }, warnings, relay: 'responses' };
}

function throughResponses(named: Named): Exchange {
  const { body, warnings, emulate } = toResponses(named.call);
  const exchange = responsesExchange(named, JSON.stringify(body));
  return { ...exchange, warnings, ...(Object.keys(emulate).length > 0 && { emulate }) };
}

function responsesExchange(named: Named, body: string): Exchange {
  const how = toReading(named);
  return {
    path: toPath('/responses', named.call.endpoint.settings),
    headers: { 'content-type': 'application/json' },
    body,
    warnings: [],
    readAnswer: (answer, sink) => reading(() => fromResponses(answer, sink, how)),
    openStream: (sink) => fromResponsesStream(sink, how),
  };
}

function toReading({ call, names }: Named): Reading {
  const { request, endpoint, providerModel } = call;
  return {
    issuer: `${endpoint.name}/${providerModel}`,
    hideReasoning: hidesReasoning(request),
    logprobs: request.logprobs === true,
    choices: request.n ?? 1,
    toolName: (name) => names?.fromProvider(name) ?? name,
    callId: callIds(call),
  };
}

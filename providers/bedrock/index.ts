import type { Call, Exchange, Provider } from '../../src/core/provider.ts';
import type { TaskDialect } from '../../src/core/task.ts';
import { hidesReasoning } from '../shared/effort.ts';
import type { Reading } from './answer.ts';
import { classify } from './errors.ts';
import { readLimits, reserve, spent } from './limits.ts';
import { reasoningFormat } from './model.ts';
import { toConverse } from './request.ts';
import { fromConverse } from './response.ts';
import { authorize, baseUrl } from './sign.ts';
import { fromConverseStream } from './stream.ts';
import { task } from './task.ts';

/** Amazon Bedrock's Converse API: one dialect for every vendor's models there. */
export const bedrock: Provider & TaskDialect = {
  name: 'bedrock',
  speaks: [],
  baseUrl,
  translate,
  classify,
  authorize,
  reserve,
  spent,
  readLimits,
  task,
};

function translate(call: Call): Exchange {
  const { body, warnings, emulate, family, names, customNames } = toConverse(call);
  const reading: Reading = {
    model: call.providerModel,
    issuer: `${call.endpoint.name}/${call.providerModel}`,
    format: reasoningFormat(family),
    names,
    customNames,
    hideReasoning: hidesReasoning(call.request),
    newId: () => call.newId(),
  };
  const isStream = call.request.stream === true;
  return {
    path: `/model/${encodeURIComponent(call.providerModel)}/${isStream ? 'converse-stream' : 'converse'}`,
    headers: {
      'content-type': 'application/json',
      accept: isStream ? 'application/vnd.amazon.eventstream' : 'application/json',
    },
    body: JSON.stringify(body),
    warnings,
    ...(Object.keys(emulate).length > 0 && { emulate }),
    readAnswer: (answer, sink) => fromConverse(answer, sink, reading),
    openStream: (sink) => fromConverseStream(sink, reading),
  };
}

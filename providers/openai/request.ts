import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call, Emulation, Exchange, Warning } from '../../src/core/provider.ts';
import { mergeNative } from '../shared/merge.ts';
import { isOpenAi } from './endpoint.ts';
import { fitToModel, type Fitting } from './fit.ts';
import { withoutReasoning } from './messages.ts';
import { splice } from './splice.ts';
import { fitTranslated } from './translated.ts';

/** A request in the provider's words. */
export interface Translation extends Pick<Exchange, 'body' | 'bytes'> {
  warnings: Warning[];
  emulate: Emulation;
}

/** The client's own bytes wherever nothing but the model's name has to change. */
export function toChat(call: Call): Translation {
  const { changes, warnings, emulate } = isOpenAi(call.endpoint) ? fitToModel(call) : asItIs(call);
  const isSame = Object.keys(changes).length === 0;
  const { body, bytes }: Pick<Exchange, 'body' | 'bytes'> = (isSame && splice(call)) || {
    body: rewrite(call, changes),
  };
  return { body, bytes, warnings, emulate };
}

function asItIs(call: Call): Fitting {
  const { request, omitReasoning } = call;
  const fitting: Fitting = { changes: {}, warnings: [], emulate: {} };
  const messages = omitReasoning ? withoutReasoning(request.messages) : request.messages;
  if (messages !== request.messages) fitting.changes.messages = messages;
  if ((call.wire ?? 'chat') !== 'chat') fitTranslated(fitting, call, messages);
  if (request.optional_fields) leaveOptional(fitting, request.optional_fields);
  return fitting;
}

/** What a server may not know and the client can do without is not worth a refusal. */
function leaveOptional({ changes, warnings }: Fitting, fields: NonNullable<ChatRequest['optional_fields']>): void {
  changes.optional_fields = undefined;
  for (const param of fields) {
    changes[param] = undefined;
    warnings.push({ param, action: 'dropped' });
  }
}

function rewrite(call: Call, changes: Fitting['changes']): string {
  const { request, providerModel } = call;
  const body = {
    ...request,
    ...changes,
    model: providerModel,
    ...(request.stream && { stream_options: { ...request.stream_options, include_usage: true } }),
  };
  return JSON.stringify(isOpenAi(call.endpoint) ? mergeNative(body, request.extra_body?.openai) : body);
}

/** Hears what passes as it comes: speech, and the events of images and transcriptions. */
import type { Usage } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { TaskListener } from '../../src/core/task.ts';
import { parseJson, record } from '../shared/refusal.ts';
import { fromError } from './errors.ts';
import { toTaskUsage } from './task-usage.ts';

/** Sound says nothing of itself. */
export function bytesListener(): TaskListener {
  let ended = false;
  return {
    push() {},
    end() {
      ended = true;
    },
    usage: undefined,
    get ended() {
      return ended;
    },
    failure: undefined,
  };
}

/** What is looked for fits in it, wherever a chunk ends; a picture's base64 never looks like it. */
const KEPT_CHARS = 4_096;
const LAST_EVENT =
  /"type"\s*:\s*"(?:transcript\.text\.done|image_(generation|edit)\.completed|speech\.audio\.done)"|^data: ?\[DONE\]/m; // vLLM's transcriptions end as chats do.
const ERROR_LINE = /^data: ?(\{.*"(?:error|type)"\s*:\s*(?:\{|"error").*\})\s*$/m;

/** Events may be megabytes of picture: they are searched, not parsed. */
export function eventsListener(): TaskListener {
  const characters = new TextDecoder();
  let kept = '';
  let usage: Usage | undefined;
  let failure: GatewayError | undefined;
  let isLast = false;
  let isImage = false;
  return {
    push(bytes) {
      const seen = kept + characters.decode(bytes, { stream: true });
      const last = LAST_EVENT.exec(seen);
      isLast ||= last !== null;
      isImage ||= last?.[1] !== undefined;
      usage = usageIn(seen, isImage) ?? usage;
      failure ??= seen.includes('error"') ? failureIn(seen) : undefined;
      kept = seen.slice(-KEPT_CHARS);
    },
    end() {
      if (!isLast) throw new GatewayError('truncated', 'The provider closed the answer before its end');
    },
    get usage() {
      return usage;
    },
    get ended() {
      return isLast && (usage !== undefined || kept.endsWith('\n\n'));
    },
    get failure() {
      return failure;
    },
  };
}

function usageIn(seen: string, isImage: boolean): Usage | undefined {
  const at = seen.lastIndexOf('"usage"');
  if (at < 0) return undefined;
  const counts = record(objectAfter(seen, at));
  return counts && toTaskUsage({ usage: counts }, { kind: isImage ? 'images' : 'transcriptions' });
}

/** The object that begins behind this place, if all of it is there. It holds no text, so braces can be counted. */
function objectAfter(seen: string, at: number): unknown {
  const start = seen.indexOf('{', at);
  let depth = 0;
  for (let index = start; index >= 0 && index < seen.length; index++) {
    if (seen[index] === '{') depth++;
    else if (seen[index] === '}' && --depth === 0) return parseJson(seen.slice(start, index + 1));
  }
  return undefined;
}

function failureIn(seen: string): GatewayError | undefined {
  const told = record(parseJson(ERROR_LINE.exec(seen)?.[1] ?? ''));
  return told && (told['error'] || told['type'] === 'error') ? fromError(told['error'] ?? told) : undefined;
}

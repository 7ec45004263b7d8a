import { PRACTICE_KEY } from '../credentials.ts';
import { Rejected } from '../rejected.ts';
import { hexDigest } from '../seal.ts';
import { type Asked, bearer, type Wire } from '../wire.ts';
import { readConverse } from './read.ts';
import { checkSignature } from './signature.ts';
import { exception, toAnswer, toEvents } from './write.ts';

export const bedrockWire: Wire = {
  dialect: 'bedrock',
  streamType: 'application/vnd.amazon.eventstream',

  async authenticate(asked) {
    const key = bearer(asked.headers);
    if (key === undefined) return await checkSignature(asked);
    if (key !== PRACTICE_KEY) {
      throw new Rejected(403, 'Authentication failed: Please make sure your API Key is valid.', {
        word: 'AccessDeniedException',
      });
    }
  },

  hear(asked) {
    const reading = readConverse(asked);
    return {
      ask: reading.ask,
      stream: reading.stream,
      whole: (script) => toAnswer(reading, script, asked.seed),
      frames: (script) => toEvents(reading, script, asked.seed),
    };
  },

  headers: (asked) => ({ 'x-amzn-requestid': requestId(asked) }),

  refusal: (rejected) => ({
    headers: { 'x-amzn-errortype': `${nameOf(rejected)}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
    body: { message: rejected.message },
  }),

  troubleFrame(rejected) {
    const name = IN_STREAM[rejected.status] ?? 'serviceUnavailableException';
    return exception(name, rejected.message);
  },
};

const NAMES: Record<number, string> = {
  400: 'ValidationException',
  402: 'ServiceQuotaExceededException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};

/** The five that ConverseStream can send in mid-stream. */
const IN_STREAM: Record<number, string> = {
  400: 'validationException',
  424: 'modelStreamErrorException',
  429: 'throttlingException',
  500: 'internalServerException',
  503: 'serviceUnavailableException',
};

function nameOf({ status, word }: Rejected): string {
  return word ?? NAMES[status] ?? (status < 500 ? 'ValidationException' : 'ServiceUnavailableException');
}

function requestId({ seed }: Asked): string {
  const hex = hexDigest(`${seed} request`);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

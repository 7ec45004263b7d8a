/** What must come out for a recording, in words that do not depend on how it came in. */
export interface Expected {
  model: string;
  choices: ExpectedChoice[];
  /** Undefined: the recording names none. */
  usage: ExpectedUsage | undefined;
}

export interface ExpectedChoice {
  text: string;
  refusal: string;
  reasoning: string;
  calls: ExpectedCall[];
  /** Everything opaque that must be able to go back on the next turn, in order. */
  signatures: string[];
  citations: ExpectedCitation[];
  /** Words of the client's own documents that are cited: OpenAI has no form for those. */
  passages: string[];
  /** Tokens whose log probability is told. */
  logprobs: string[];
  finish: string;
}

export interface ExpectedCall {
  /** Undefined: the wire has none, so any made-up one will do. */
  id: string | undefined;
  type: 'function' | 'custom';
  name: string;
  /** Parsed where it is JSON. */
  arguments: unknown;
  /** Gemini's signature, which rides on the call. */
  signature?: string;
}

export interface ExpectedCitation {
  url: string;
  start: number;
  end: number;
}

export interface ExpectedUsage {
  prompt: number;
  completion: number;
  total: number;
  cached: number;
  /** Undefined: the provider counts none, or does not say. */
  written?: number | undefined;
  reasoning?: number | undefined;
}

/** The recording holds no answer: reading it must throw one of these kinds. */
export interface ExpectedFailure {
  failure: string[];
}

export function emptyChoice(): ExpectedChoice {
  return {
    text: '',
    refusal: '',
    reasoning: '',
    calls: [],
    signatures: [],
    citations: [],
    passages: [],
    logprobs: [],
    finish: '',
  };
}

/** An empty text is what a tool without arguments streams. */
export function parsedArguments(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text; // Cut by max_tokens, or a custom tool's free text.
  }
}

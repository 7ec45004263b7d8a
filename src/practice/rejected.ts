/** A request that the real provider would refuse; each wire writes it down in its provider's own shape. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
  readonly status: number;
  /** The provider's machine word: Anthropic's `error.type`, OpenAI's `error.code`, Gemini's `status`, the AWS exception. */
  readonly word: string | undefined;
  /** The field at fault, as the provider writes it. */
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    message: string,
    details: { word?: string | undefined; param?: string | undefined; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message);
    this.status = status;
    this.word = details.word;
    this.param = details.param;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** Anthropic's and OpenAI's header; Gemini says it in the body, Bedrock not at all. */
  get waitHeader(): Record<string, string> {
    return this.retryAfterSeconds === undefined ? {} : { 'retry-after': String(this.retryAfterSeconds) };
  }
}

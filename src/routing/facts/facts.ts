/** What rules may ask about a request. No text of the client's leaves here. */
import type { ChatMessage, ChatRequest } from '../../core/chat.ts';
import type { Capabilities, Estimate } from '../../core/deployment.ts';
import { type Ask, lastAsk } from '../ask.ts';
import { needsOf } from '../needs.ts';
import { isInToolLoop, isStalled, turnOf } from './conversation.ts';
import { isFollowUp } from './follow-up.ts';
import { isHousekeeping } from './housekeeping.ts';
import { languageOf } from './language.ts';
import { type HeaderOf, namedSessionOf, sessionOf } from './session.ts';

export type Medium = Capabilities['input'][number];
export type Structure = 'none' | 'json_object' | 'json_schema';

export interface Facts {
  /** The model or route asked for. */
  readonly asked: string;
  /** The name of the client's key. */
  readonly key: string;
  /** The conversation, as an opaque name that two tenants never share. */
  readonly session: string;
  /** The same where it was needed, or the client names it; else empty. */
  readonly knownSession: string;
  header(name: string): string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly toolCount: number;
  readonly toolNames: readonly string[];
  /** Of all tools together. */
  readonly toolParameters: number;
  readonly media: readonly Medium[];
  readonly structured: Structure;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** ISO 639-1, of the last ask; undefined when unsure. */
  readonly language: string | undefined;
  /** How many times the user has asked, this time included. */
  readonly turn: number;
  readonly inToolLoop: boolean;
  readonly isHousekeeping: boolean;
  readonly isStalled: boolean;
  readonly isFollowUp: boolean;
  /** `x-signalbox-tier`. */
  readonly pin: string | undefined;
  readonly atMs: number;
  /** 0 to 1; undefined where there is no budget. */
  readonly budgetLeft: number | undefined;
}

export interface FactsSource {
  request: ChatRequest;
  estimate: Estimate;
  key: string;
  header: HeaderOf;
  atMs: number;
  budgetLeft?: number | undefined;
}

/** What costs something to find out is found out when it is asked for. */
export function createFacts(source: FactsSource): Facts {
  return new RequestFacts(source);
}

class RequestFacts implements Facts {
  readonly #source: FactsSource;
  readonly #messages: readonly ChatMessage[];
  #ask: Ask | undefined;
  #session: string | undefined;
  #toolNames: readonly string[] | undefined;
  #media: readonly Medium[] | undefined;
  #language: { code: string | undefined } | undefined;
  #turn: number | undefined;
  #inToolLoop: boolean | undefined;
  #isHousekeeping: boolean | undefined;
  #isStalled: boolean | undefined;
  #isFollowUp: boolean | undefined;

  constructor(source: FactsSource) {
    this.#source = source;
    this.#messages = source.request.messages;
  }

  get asked() {
    return this.#source.request.model;
  }
  get key() {
    return this.#source.key;
  }
  get session() {
    return (this.#session ??= sessionOf(this.#source.request, this.#source.key, this.#source.header));
  }
  get knownSession() {
    const { request, key, header } = this.#source;
    return this.#session ?? namedSessionOf(request, key, header);
  }
  header(name: string) {
    return this.#source.header(name);
  }
  get metadata() {
    return this.#source.request.metadata ?? NOTHING;
  }
  get toolCount() {
    const { tools, functions } = this.#source.request;
    return (tools?.length ?? 0) + (functions?.length ?? 0);
  }
  get toolNames() {
    return (this.#toolNames ??= namesOf(this.#source.request));
  }
  get toolParameters() {
    return parametersOf(this.#source.request);
  }
  get media() {
    return (this.#media ??= needsOf(this.#source.request, this.#source.estimate).media.map(({ medium }) => medium));
  }
  get structured(): Structure {
    const type = this.#source.request.response_format?.type;
    return type === 'json_object' || type === 'json_schema' ? type : 'none';
  }
  get inputTokens() {
    return this.#source.estimate.inputTokens;
  }
  get outputTokens() {
    return this.#source.estimate.outputTokens;
  }
  get language() {
    this.#language ??= { code: languageOf(this.#lastAsk().text) };
    return this.#language.code;
  }
  get turn() {
    return (this.#turn ??= turnOf(this.#messages));
  }
  get inToolLoop() {
    return (this.#inToolLoop ??= isInToolLoop(this.#messages));
  }
  get isHousekeeping() {
    return (this.#isHousekeeping ??= isHousekeeping(this.#source.request, this.#lastAsk()));
  }
  get isStalled() {
    return (this.#isStalled ??= this.inToolLoop && isStalled(this.#messages));
  }
  get isFollowUp() {
    return (this.#isFollowUp ??= this.#followsUp());
  }
  get pin() {
    return this.#source.header('x-signalbox-tier')?.trim().slice(0, MAX_TIER) || undefined;
  }
  get atMs() {
    return this.#source.atMs;
  }
  get budgetLeft() {
    return this.#source.budgetLeft;
  }

  #lastAsk(): Ask {
    return (this.#ask ??= lastAsk(this.#source.request, 1));
  }

  #followsUp(): boolean {
    if (this.inToolLoop || this.turn < 2) return false;
    const { text, length, media } = this.#lastAsk();
    return media === 0 && length === text.length && isFollowUp(text);
  }
}

const NOTHING: Readonly<Record<string, string>> = {};
const MAX_TIER = 64;

/** Tools of kinds that only one provider knows have no name that could be asked for. */
function namesOf({ tools, functions }: ChatRequest): string[] {
  const named = (tools ?? []).map((tool) => (tool.type === 'custom' ? tool.custom?.name : tool.function?.name) ?? '');
  return [...named, ...(functions ?? []).map(({ name }) => name)];
}

function parametersOf({ tools, functions }: ChatRequest): number {
  let count = 0;
  for (const tool of tools ?? []) if (tool.type === 'function') count += propertiesOf(tool.function?.parameters);
  for (const { parameters } of functions ?? []) count += propertiesOf(parameters);
  return count;
}

function propertiesOf(schema: Record<string, unknown> | null | undefined): number {
  const properties = schema?.['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties).length : 0;
}

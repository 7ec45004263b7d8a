/**
 * The blocks of a streamed message: one is open at a time, and none is opened again. Other providers write several
 * tool calls at once, or sign a thought when it is long over, so some of what they say has to wait for its turn.
 */
import type { ToolCallHead } from '../../core/answer.ts';
import type { ReasoningDetail } from '../../core/chat.ts';
import { seal } from '../capsule.ts';

type Open =
  | { type: 'text'; isCited: boolean }
  | { type: 'thinking'; text: string }
  | { type: 'tool_use'; call: number; json: string; isFreeText: boolean };

interface Waiting {
  /** The call that it belongs to; undefined for all that is no call's. */
  call: number | undefined;
  write: () => void;
}

const PING = 'event: ping\ndata: {"type": "ping"}\n\n';

export class Blocks {
  readonly #write: (frame: string) => void;
  #index = -1;
  #open: Open | undefined;
  /** What stands around a piece of the open block. */
  #opening = '';
  #waiting: Waiting[] = [];
  #hasCalled = false;
  /** Another provider's reasoning that no signature has carried yet. */
  #kept: ReasoningDetail[] = [];

  constructor(write: (frame: string) => void) {
    this.#write = write;
  }

  text(delta: string): void {
    if (this.#open?.type === 'text' && !this.#open.isCited) return this.#piece(delta); // Most of what there is.
    this.#inTurn(undefined, () => {
      if (this.#open?.type !== 'text' || this.#open.isCited) {
        this.#begin({ type: 'text', isCited: false }, { type: 'text', text: '', citations: null });
      }
      this.#piece(delta);
    });
  }

  thought(delta: string): void {
    this.#inTurn(undefined, () => {
      if (this.#open?.type !== 'thinking') this.#beginThought();
      if (this.#open?.type === 'thinking') this.#open.text += delta;
      this.#piece(delta);
    });
  }

  /** Claude's own: its signature holds for the text that it came with, and no other. */
  signed(detail: ReasoningDetail): void {
    const { text = '', signature } = detail;
    if (!signature) return;
    this.#inTurn(undefined, () => {
      if (this.#open?.type !== 'thinking' && text === '') this.#beginThought();
      if (this.#open?.type === 'thinking' && this.#open.text === text && this.#kept.length === 0) this.#sign(signature);
      else this.#kept.push(detail);
    });
  }

  redacted({ data }: ReasoningDetail): void {
    this.#inTurn(undefined, () => this.#sayHidden(data));
  }

  /**
   * Goes out as the signature of the thought that is open, or hidden behind the calls that it led to. Behind text it
   * stays here: nobody needs it back there, and Claude Code takes the last block for the answer.
   */
  keep(detail: ReasoningDetail): void {
    this.#kept.push(detail);
  }

  toolCall(call: number, { id, name, type }: ToolCallHead): void {
    this.#hasCalled = true;
    this.#inTurn(call, () => {
      const open = { type: 'tool_use' as const, call, json: '', isFreeText: type === 'custom' };
      this.#begin(open, { type: 'tool_use', id, name, input: {} });
    });
  }

  toolArguments(call: number, delta: string): void {
    this.#inTurn(call, () => {
      if (this.#open?.type !== 'tool_use' || this.#open.call !== call) return; // Behind the end of its JSON.
      this.#open.json += delta;
      if (!this.#open.isFreeText) this.#piece(delta);
    });
    if (this.#waiting.length > 0 && this.#isComplete()) this.#goOn();
  }

  /** Of the text that is open. A later one has no place any more. */
  citation(citation: object): void {
    this.#inTurn(undefined, () => {
      if (this.#open?.type !== 'text') return;
      this.#open.isCited = true;
      this.#delta({ type: 'citations_delta', citation });
    });
  }

  end(): void {
    while (this.#waiting.length > 0) {
      this.#close();
      this.#goOn();
    }
    this.#close();
    if (this.#kept.length > 0 && this.#hasCalled) this.#sayHidden(seal(this.#kept));
  }

  /** Now, or when the calls before it are complete. */
  #inTurn(call: number | undefined, write: () => void): void {
    if (this.#mayWrite(call)) write();
    else this.#waiting.push({ call, write });
  }

  #mayWrite(call: number | undefined): boolean {
    if (this.#open?.type === 'tool_use')
      return this.#open.call === call || (this.#waiting.length === 0 && this.#isComplete());
    return this.#waiting.length === 0;
  }

  #goOn(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const { call, write } of all) this.#inTurn(call, write);
  }

  #isComplete(): boolean {
    if (this.#open?.type !== 'tool_use') return true;
    try {
      JSON.parse(this.#open.json);
      return true;
    } catch {
      return false; // The rest is on its way.
    }
  }

  #sayHidden(data: string | undefined): void {
    this.#close();
    this.#start({ type: 'redacted_thinking', data });
    this.#stop();
  }

  #beginThought(): void {
    this.#begin({ type: 'thinking', text: '' }, { type: 'thinking', thinking: '', signature: '' });
  }

  #begin(open: Open, block: object): void {
    this.#close();
    this.#start(block);
    this.#open = open;
    const [type, field] = PIECES[open.type];
    this.#opening = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":{"type":"${type}","${field}":`;
  }

  #start(block: object): void {
    this.#index++;
    this.#say('content_block_start', `"content_block":${JSON.stringify(block)}`);
    if (this.#index === 0) this.#write(PING);
  }

  #close(): void {
    const open = this.#open;
    if (!open) return;
    if (open.type === 'thinking') return this.#sign(seal(this.#kept.splice(0)));
    if (open.type === 'tool_use' && open.isFreeText) this.#piece(JSON.stringify({ input: open.json }));
    this.#stop();
  }

  #sign(signature: string): void {
    this.#delta({ type: 'signature_delta', signature });
    this.#stop();
  }

  #stop(): void {
    this.#open = undefined;
    this.#write(`event: content_block_stop\ndata: {"type":"content_block_stop","index":${this.#index}}\n\n`);
  }

  #piece(delta: string): void {
    this.#write(`${this.#opening}${JSON.stringify(String(delta))}}}\n\n`); // A provider may send no string at all.
  }

  #delta(delta: object): void {
    this.#say('content_block_delta', `"delta":${JSON.stringify(delta)}`);
  }

  #say(type: string, rest: string): void {
    this.#write(`event: ${type}\ndata: {"type":"${type}","index":${this.#index},${rest}}\n\n`);
  }
}

const PIECES = {
  text: ['text_delta', 'text'],
  thinking: ['thinking_delta', 'thinking'],
  tool_use: ['input_json_delta', 'partial_json'],
} as const;

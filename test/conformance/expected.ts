/** What is not native, and why. Everything that is not listed here must be native. */
import { COLUMN_NAMES, type ColumnName } from './columns.ts';
import type { Support } from './feature.ts';

export interface Exception {
  columns: readonly ColumnName[];
  support: Support;
  note: string;
}

/** `columns`, separated by spaces; a word stands for all that begin with it: `claude` for `claude-5.5` and `claude-4.5`. */
export function on(columns: string, support: Support, note: string): Exception {
  const words = columns.split(' ');
  return { columns: COLUMN_NAMES.filter((name) => words.some((word) => name.startsWith(word))), support, note };
}

/** Whatever is not OpenAI's. */
const OTHERS = 'claude gemini bedrock nova';
const NO_FIELD = 'The provider has no such field.';
const NO_FIELD_X = 'The provider has nothing like it, and without it the answer would not be what was asked for.';
const NEW_CLAUDE = 'Claude newer than 4.6 takes no sampling parameters.';
const REASONS = 'Reasoning models of OpenAI refuse it.';
const TO_ONE = 'Clamped to 1, the most that it takes.';
const FORCE = 'The model refuses to be forced: it is told to call, its answer is checked, and once sent back.';
const FREE_CALLS = 'The provider has no switch for it.';
const BY_INSTRUCTION =
  'By instruction; the router checks the answer and sends it back once. Streams begin when it is checked.';
const CHECKED =
  'The provider does not enforce the limits: they are described to the model, and the router checks the answer.';
const NO_REASONING = 'The model does not reason.';
const INLINE = 'The provider takes media inline only, and the router fetches no URLs.';
const FAN_OUT = 'One call for each answer; the prompt is paid for as often.';

export const EXPECTED: Readonly<Record<string, readonly Exception[]>> = {
  'A system message in mid-conversation': [
    on('claude-4.5 gemini bedrock nova', 'emulated', 'Said in place, as a marked part of the user’s turn.'),
  ],
  'An assistant message last, to be continued': [
    on(
      'claude-5.5 gemini bedrock',
      'changed',
      'The model is asked, in a turn of the user’s, to go on where it stopped.',
    ),
    on('gpt responses', 'native', 'OpenAI’s models answer it as they like, and need not go on.'),
  ],
  'A refusal (`message.refusal`, `finish_reason: content_filter`)': [
    on('gpt responses compatible', 'native', 'OpenAI’s own refusals have `finish_reason: stop`.'),
    on('bedrock nova', 'absent', 'Bedrock’s words of refusal come as `content`; `finish_reason` is `content_filter`.'),
  ],
  '`stop`': [on('gpt-6.1 responses', 'emulated', 'The router cuts the answer and hangs up on the provider.')],
  '`n`: 2': [on('claude gemini bedrock nova responses', 'emulated', FAN_OUT)],
  '`temperature`: 0.3': [
    on('claude-5.5 bedrock-5.5', 'dropped', NEW_CLAUDE),
    on('gpt-6.1 responses', 'dropped', REASONS),
  ],
  '`temperature`: 1.7': [
    on('claude-5.5 bedrock-5.5', 'dropped', NEW_CLAUDE),
    on('claude-4.5 bedrock-4.6 nova', 'changed', TO_ONE),
    on('gpt-6.1 responses', 'dropped', REASONS),
  ],
  '`top_p`: 0.8': [on('claude-5.5 bedrock-5.5', 'dropped', NEW_CLAUDE), on('gpt-6.1 responses', 'dropped', REASONS)],
  '`top_k`: 20': [on('claude-5.5 bedrock-5.5', 'dropped', NEW_CLAUDE), on('gpt responses', 'dropped', NO_FIELD)],
  '`frequency_penalty`': [on(OTHERS, 'dropped', NO_FIELD), on('gpt-6.1 responses', 'dropped', REASONS)],
  '`seed`': [on('claude bedrock nova responses', 'dropped', NO_FIELD)],
  '`logprobs`': [
    on('claude bedrock nova', 'refused', NO_FIELD_X),
    on('gpt-6.1 responses', 'refused', REASONS),
    on('gemini', 'native', 'Passed on; not every Gemini has them.'),
  ],
  '`logit_bias`': [
    on(OTHERS, 'refused', 'Its token numbers are those of OpenAI’s tokenizer.'),
    on('gpt-6.1 responses', 'refused', REASONS),
  ],
  '`verbosity`: low': [on(OTHERS, 'dropped', NO_FIELD)],
  '`service_tier`: flex': [on('claude', 'dropped', 'Anthropic has no such tier.')],
  '`user`, `safety_identifier`': [on('gemini', 'equal', 'Gemini has no field for it; it is bookkeeping.')],
  'Prompt-cache markers (`cache_control`)': [
    on('gpt responses', 'equal', 'Left out: OpenAI caches long prompts by itself.'),
    on('gemini', 'equal', 'Left out: Gemini caches long prompts by itself.'),
  ],
  'Fields that nobody knows': [
    on('claude gemini bedrock nova responses', 'dropped', 'Named in `x-signalbox-dropped`.'),
    on('gpt', 'refused', 'Passed on, as it may be newer than the router; OpenAI itself says 400.'),
  ],
  '`tool_choice: required`': [on('claude-5.5 bedrock-5.5', 'emulated', FORCE)],
  '`tool_choice`: a named tool': [on('claude-5.5 bedrock-5.5', 'emulated', FORCE)],
  '`tool_choice: allowed_tools`': [on(OTHERS, 'equal', 'Only the allowed tools are sent.')],
  '`tool_choice: none`': [on('bedrock nova', 'equal', 'The tools are not sent; Converse has no such choice.')],
  '`parallel_tool_calls`: false': [on('gemini nova', 'dropped', FREE_CALLS)],
  '`strict` tools': [on('bedrock-5.5 nova', 'dropped', 'Bedrock refuses it for this model.')],
  'Custom tools (free text)': [
    on(OTHERS, 'emulated', 'As a tool with one string, which is unwrapped on the way back.'),
  ],
  'Custom tools with a grammar': [on(OTHERS, 'refused', 'Nobody else can hold a model to a grammar.')],
  '`functions`, `function_call` (deprecated)': [
    on('gpt-6.1 responses claude gemini bedrock nova', 'equal', 'Sent as tools, answered in the old form.'),
  ],
  '`web_search_options`': [
    on('gpt-4.1', 'refused', 'Passed on; OpenAI’s chat API has it for search models only.'),
    on('bedrock nova', 'refused', NO_FIELD_X),
  ],
  '`response_format: json_object`': [on('claude bedrock nova', 'emulated', BY_INSTRUCTION)],
  '`response_format: json_schema`, strict': [on('bedrock-5.5 nova', 'emulated', BY_INSTRUCTION)],
  'A schema with limits (`minLength`, `maximum`)': [
    on('claude gemini bedrock-4.6', 'emulated', CHECKED),
    on('bedrock-5.5 nova', 'emulated', BY_INSTRUCTION),
  ],
  '`json_schema` together with tools': [on('gemini-2.5 bedrock-5.5 nova', 'emulated', BY_INSTRUCTION)],
  'An image as https URL': [on('gemini-2.5 bedrock nova', 'refused', INLINE)],
  Audio: [on('claude gpt responses bedrock nova', 'refused', 'The model does not hear.')],
  '`reasoning_effort: high`': [on('gpt-4.1 nova', 'dropped', NO_REASONING)],
  '`reasoning_effort: none`': [
    on('claude-4.5 bedrock-4.6', 'equal', 'The model does not reason unless asked.'),
    on('gpt-4.1 nova', 'equal', NO_REASONING),
    on('gpt-6.1 responses gemini-4', 'changed', 'The model always reasons; `low` is asked for.'),
    on('claude-5.5 bedrock-5.5', 'native', 'Said as `between_tools`: it cannot be switched off altogether.'),
  ],
  'Reasoning to read (`reasoning`)': [
    on('gpt-4.1 nova', 'dropped', NO_REASONING),
    on('gpt-6.1', 'absent', 'OpenAI’s chat API shows none; with tools, summaries come through the Responses API.'),
  ],
  '`reasoning.exclude`': [on('gpt-4.1 nova', 'dropped', NO_REASONING)],
  'Signed reasoning comes back in a tool loop, though the client forgets it': [
    on('gpt-4.1 nova', 'dropped', NO_REASONING),
    on('compatible', 'absent', 'These servers sign nothing.'),
  ],
};

export function exceptionFor(feature: string, column: ColumnName): Exception | undefined {
  return EXPECTED[feature]?.find(({ columns }) => columns.includes(column));
}

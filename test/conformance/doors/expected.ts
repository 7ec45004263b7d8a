/** What is neither native nor passed, and why: by door and feature. */
import { type Exception, on } from '../expected.ts';

type Expected = Readonly<Record<string, readonly Exception[]>>;

const NO_FIELD = 'The provider has no such field.';
const NO_FIELD_X = 'The provider has nothing like it, and without it the answer would not be what was asked for.';
const NEW_CLAUDE = 'Claude newer than 4.6 takes no sampling parameters.';
const OLDER_WORDS = 'Said in the words of an older version of the API: the one that the SDK names takes no sampling.';
const REASONS = 'Reasoning models of OpenAI refuse it.';
const FORCE = 'The model refuses to be forced: it is told to call, its answer is checked, and once sent back.';
const FREE_CALLS = 'The provider has no switch for it.';
const BY_INSTRUCTION =
  'By instruction; the router checks the answer and sends it back once. Streams begin when it is checked.';
const NO_REASONING = 'The model does not reason.';
const INLINE = 'The provider takes media inline only, and the router fetches no URLs.';
const FAN_OUT = 'One call for each answer; the prompt is paid for as often.';
const CUT = 'The router cuts the answer and hangs up on the provider.';
const IN_PLACE = 'Said in place, as a marked part of the user’s turn.';
const NOT_SENT = 'The tools are not sent; Converse has no such choice.';
const SEARCH_MODELS = 'Passed on; OpenAI’s chat API has it for search models only.';
const BOOKKEEPING = 'Gemini has no field for it; it is bookkeeping.';
const EFFORTS = 'Reasoning is measured in efforts, not in tokens.';
const HIDDEN = 'OpenAI’s chat API shows none.';
const BY_ITSELF = 'These servers think as they are set up to, unless an effort is said.';
const UNSIGNED = 'These servers sign nothing.';
const OTHER_STYLE = 'Said in the words that this model takes.';
const DEAF = 'The model does not hear.';

const SAMPLING = [on('claude-5.5 bedrock-5.5', 'dropped', NEW_CLAUDE), on('gpt-6.1', 'dropped', REASONS)];
const HELD_BY_INSTRUCTION = [on('bedrock-5.5 nova', 'emulated', BY_INSTRUCTION)];
const SERIAL = [on('gemini nova', 'dropped', FREE_CALLS)];
const FORCED = [on('claude-5.5 bedrock-5.5', 'emulated', FORCE)];

const RESPONSES: Expected = {
  '`temperature`: 0.3': SAMPLING,
  '`text.verbosity`: low': [on('claude gemini bedrock nova', 'dropped', NO_FIELD)],
  '`service_tier`: flex': [on('claude', 'dropped', 'Anthropic has no such tier.')],
  '`safety_identifier`': [on('gemini', 'equal', BOOKKEEPING)],
  '`truncation`: auto': [
    on('claude compatible gemini bedrock nova', 'dropped', 'A prompt that is too long is refused, not shortened.'),
  ],
  '`previous_response_id`': [on('gpt', 'native', 'The router has kept it, and sends the whole conversation.')],
  '`tool_choice: required`': FORCED,
  '`tool_choice`: a named function': FORCED,
  '`tool_choice: allowed_tools`': [on('claude gemini bedrock nova', 'equal', 'Only the allowed tools are sent.')],
  '`parallel_tool_calls`: false': SERIAL,
  'A custom tool (free text)': [
    on(
      'claude compatible gemini bedrock nova',
      'emulated',
      'As a tool with one string, which is unwrapped on the way back.',
    ),
  ],
  'A custom tool with a grammar': [
    on('claude compatible gemini bedrock nova', 'changed', 'The model is told of the grammar, and not held to it.'),
  ],
  '`web_search`': [on('compatible bedrock nova', 'dropped', 'Nobody here can search; the model answers without.')],
  '`text.format: json_object`': [on('claude bedrock nova', 'emulated', BY_INSTRUCTION)],
  '`text.format: json_schema`': HELD_BY_INSTRUCTION,
  'An image as https URL': [on('gemini-2.5 bedrock nova', 'refused', INLINE)],
  '`reasoning.effort`: high': [on('gpt-4.1 nova', 'dropped', NO_REASONING)],
  '`reasoning.summary`': [on('gpt-4.1 nova', 'dropped', NO_REASONING)],
  'Encrypted reasoning comes back in a tool loop': [
    on('gpt-4.1 nova', 'dropped', NO_REASONING),
    on('compatible', 'absent', UNSIGNED),
  ],
};

const MESSAGES: Expected = {
  'A system message in mid-conversation': [on('claude-4.5 gemini bedrock nova', 'emulated', IN_PLACE)],
  '`stop_sequences`': [on('gpt-6.1', 'emulated', CUT)],
  '`temperature`: 0.3': [...SAMPLING, on('claude-4.5', 'native', OLDER_WORDS)],
  '`top_k`: 20': [
    on('claude-5.5 bedrock-5.5', 'dropped', NEW_CLAUDE),
    on('claude-4.5', 'native', OLDER_WORDS),
    on('gpt', 'dropped', NO_FIELD),
  ],
  '`metadata.user_id`': [on('gemini', 'equal', BOOKKEEPING)],
  '`cache_control` on a block': [
    on('gpt compatible gemini', 'equal', 'Left out: the provider caches long prompts by itself.'),
  ],
  '`context_management`': [on('gpt compatible gemini bedrock nova', 'dropped', NO_FIELD)],
  '`tool_choice: any`': FORCED,
  '`tool_choice: tool`': FORCED,
  '`tool_choice: none`': [on('bedrock nova', 'equal', NOT_SENT)],
  '`disable_parallel_tool_use`': SERIAL,
  '`strict` tools': [on('bedrock-5.5 nova', 'dropped', 'Bedrock refuses it for this model.')],
  'Web search': [on('gpt-4.1', 'refused', SEARCH_MODELS), on('bedrock nova', 'refused', NO_FIELD_X)],
  '`output_config.format`': HELD_BY_INSTRUCTION,
  'An image by URL': [on('gemini-2.5 bedrock nova', 'refused', INLINE)],
  'A search result to cite': [on('gpt compatible gemini bedrock nova', 'changed', 'Sent as text.')],
  '`thinking`, to be read': [
    on('claude-4.5', 'native', OTHER_STYLE),
    on('gpt-4.1 nova', 'dropped', NO_REASONING),
    on('gpt-6.1', 'absent', HIDDEN),
    on('compatible', 'dropped', BY_ITSELF),
  ],
  '`thinking.budget_tokens`': [
    on('claude-5.5', 'native', OTHER_STYLE),
    on('gpt-6.1 compatible', 'dropped', EFFORTS),
    on('gpt-4.1 nova', 'dropped', NO_REASONING),
  ],
  '`output_config.effort`: high': [
    on('claude-4.5', 'native', OTHER_STYLE),
    on('gpt-4.1 nova', 'dropped', NO_REASONING),
  ],
  'Signed thinking comes back in a tool loop': [
    on('claude-4.5', 'native', OTHER_STYLE),
    on('gpt-4.1 nova', 'dropped', NO_REASONING),
    on('compatible', 'dropped', BY_ITSELF),
  ],
};

const GEMINI: Expected = {
  '`stopSequences`': [on('gpt-6.1', 'emulated', CUT)],
  '`candidateCount`: 2': [on('claude bedrock nova', 'emulated', FAN_OUT)],
  '`temperature`: 0.3': SAMPLING,
  '`topK`: 20': [on('claude-5.5 bedrock-5.5', 'dropped', NEW_CLAUDE), on('gpt', 'dropped', NO_FIELD)],
  '`seed`': [on('claude bedrock nova', 'dropped', NO_FIELD)],
  '`frequencyPenalty`': [
    on('claude bedrock nova', 'dropped', NO_FIELD),
    on('gpt-6.1', 'dropped', REASONS),
    on('gemini', 'dropped', 'The models of today refuse it.'),
  ],
  '`responseLogprobs`': [on('claude bedrock nova', 'refused', NO_FIELD_X), on('gpt-6.1', 'refused', REASONS)],
  '`safetySettings`': [on('claude gpt compatible bedrock nova', 'dropped', NO_FIELD)],
  '`mode: ANY`': FORCED,
  '`mode: ANY`, a named function': FORCED,
  '`mode: NONE`': [on('bedrock nova', 'equal', NOT_SENT)],
  '`mode: VALIDATED`': [on('claude gpt compatible bedrock nova', 'changed', 'AUTO: nobody else has it.')],
  '`googleSearch`': [on('gpt-4.1', 'refused', SEARCH_MODELS), on('bedrock nova', 'refused', NO_FIELD_X)],
  '`codeExecution`': [on('claude gpt compatible bedrock nova', 'refused', 'It runs at Google, and nowhere else.')],
  '`responseSchema`': HELD_BY_INSTRUCTION,
  '`responseJsonSchema`': HELD_BY_INSTRUCTION,
  'An image, `fileData`': [on('bedrock nova', 'refused', INLINE)],
  Audio: [on('claude gpt bedrock nova', 'refused', DEAF)],
  '`includeThoughts`': [on('gpt compatible', 'dropped', EFFORTS), on('nova', 'dropped', NO_REASONING)],
  '`thinkingLevel`: HIGH': [on('gpt-4.1 nova', 'dropped', NO_REASONING), on('gemini-2.5', 'native', OTHER_STYLE)],
  'Thought signatures come back in a tool loop': [
    on('gpt compatible', 'dropped', EFFORTS),
    on('nova', 'dropped', NO_REASONING),
  ],
};

const COMPLETIONS: Expected = {
  '`stop`': [on('gpt-6.1', 'emulated', CUT)],
  '`n`: 2': [on('claude gemini bedrock nova', 'emulated', FAN_OUT)],
  '`temperature`: 0.3': SAMPLING,
  '`suffix`': [on('claude gpt compatible gemini bedrock nova', 'refused', 'No model here fills in a middle.')],
};

export const EXPECTED: Readonly<Record<string, Expected>> = {
  responses: RESPONSES,
  messages: MESSAGES,
  gemini: GEMINI,
  completions: COMPLETIONS,
};

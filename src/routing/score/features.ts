/** What the score looks at. The order is the order of a request's values, also in logs: add new ones at the end. */
export const FEATURES = {
  length: 'up',
  brief: 'down',
  sentences: 'up',
  questions: 'up',
  parts: 'up',
  items: 'up',
  numbers: 'up',
  formulas: 'up',
  codeLines: 'up',
  pasted: 'up',
  trace: 'up',
  diff: 'up',
  reasoning: 'up',
  maths: 'up',
  quantities: 'up',
  analysis: 'up',
  design: 'up',
  systems: 'up',
  code: 'up',
  constraints: 'up',
  trouble: 'up',
  explain: 'up',
  lookUp: 'down',
  chat: 'down',
  edit: 'down',
  quick: 'down',
  tools: 'up',
  toolParameters: 'up',
  structured: 'up',
  conversation: 'up',
  media: 'up',
  effort: 'up',
} as const satisfies Record<string, 'up' | 'down'>;

export type FeatureName = keyof typeof FEATURES;

export const FEATURE_NAMES = Object.keys(FEATURES) as readonly FeatureName[];

/** These count the different words of their lists. */
export const WORD_FEATURES = [
  'reasoning',
  'maths',
  'quantities',
  'analysis',
  'design',
  'systems',
  'code',
  'constraints',
  'trouble',
  'explain',
  'lookUp',
  'chat',
  'edit',
  'quick',
] as const satisfies readonly FeatureName[];

export type WordFeature = (typeof WORD_FEATURES)[number];

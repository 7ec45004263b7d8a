/** What the endpoints of the rules' text answer. */
import * as z from 'zod';
import { At } from './ledger.ts';

const Mistake = z.strictObject({
  path: z.string().describe('`rules[2].do.tier`; empty: of the whole'),
  message: z.string(),
  line: z.number().optional().describe('From 1'),
});

export const RulesDocument = z.strictObject({
  text: z.string().describe('As the operator wrote it; empty: the shipped rules alone'),
  etag: z.string().describe('Changes with the text; a change names the one that it began with'),
  place: z.string().describe('The file'),
  format: z.enum(['yaml', 'json']),
  readOnly: z.string().nullable().describe('Why they cannot be changed from here; null: they can'),
});

export const RulesCheck = z.strictObject({ mistakes: z.array(Mistake).describe('None: it could come into force') });

const Shift = z.strictObject({ name: z.string(), before: z.number(), after: z.number() });

export const RulesTrial = z.strictObject({
  mistakes: z.array(Mistake),
  trial: z
    .strictObject({
      requests: z.number().describe('That were chosen for again, by the rules in force and by the text'),
      from: At.nullable(),
      to: At.nullable(),
      moved: z.number().describe('Would go elsewhere'),
      refused: z.number().describe('Would be refused'),
      cost: z
        .strictObject({
          requests: z.number().describe('Whose cost is known on both sides'),
          beforeUsd: z.number().describe('By the rules in force'),
          afterUsd: z.number(),
          spentUsd: z.number().describe('What they really cost'),
        })
        .describe('US dollars'),
      tiers: z.array(Shift),
      deployments: z.array(Shift),
      causes: z.array(z.strictObject({ cause: z.string(), requests: z.number() })),
      moves: z
        .array(
          z.strictObject({
            requestId: z.string(),
            from: z.string(),
            to: z.string(),
            reason: z.string(),
            costBeforeUsd: z.number(),
            costAfterUsd: z.number(),
          }),
        )
        .describe('Those that change the bill most'),
      unknown: z.array(z.string()).describe('What it rests on and what it cannot know'),
    })
    .nullable()
    .describe('null: there are mistakes'),
});

export const RulesApplied = z.strictObject({ etag: z.string(), version: z.number() });

const VERSION = {
  version: z.number(),
  at: At,
  by: z.string().describe('Who changed them, as they say themselves; empty: nobody said'),
  why: z.string(),
};

export const RulesVersions = z.strictObject({ data: z.array(z.strictObject(VERSION)).describe('The newest first') });

export const RulesVersion = z.strictObject({ ...VERSION, text: z.string() });

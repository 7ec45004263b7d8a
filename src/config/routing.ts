/** `routing:`: what the operator lays over the shipped rules. What the documents say is checked by who uses them. */
import * as z from 'zod';
import { BudgetsOf, LimitsOf } from './spending.ts';

const Document = z.union([z.string().min(1), z.record(z.string(), z.unknown())], {
  error: 'must be the path of a file, or what would stand in it',
});

export const Routing = z
  .strictObject({
    rules: Document.optional().describe(
      "Rules over the shipped ones: a file's path, from where this one lies, or the rules themselves",
    ),
    routes: z
      .record(z.string().min(1).max(64), z.strictObject({ limits: LimitsOf.optional(), budgets: BudgetsOf.optional() }))
      .optional()
      .describe('Limits and budgets of routes, by their names'),
    overlay: Document.optional().describe('What `signalbox fit` has learned: a path likewise, or the document itself'),
  })
  .describe('How `auto` and other routes choose; read again when a file changes, and on SIGHUP');

export type Routing = z.infer<typeof Routing>;

export interface InlineRouting {
  rules?: unknown;
  overlay?: unknown;
}

/** For runtimes without files. `problems` say which setting would need one. */
export function inlineOnly({ rules, overlay }: Routing): { documents: InlineRouting; problems: string[] } {
  const problems = Object.entries({ rules, overlay })
    .filter(([, value]) => typeof value === 'string')
    .map(([name]) => `routing.${name}: there are no files here; put what stands in it in the path's place`);
  return { documents: { ...(rules !== undefined && { rules }), ...(overlay !== undefined && { overlay }) }, problems };
}

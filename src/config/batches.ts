/** `batches:`: files and batches of clients, at half price where the provider has batches. */
import * as z from 'zod';

const Count = z.int().min(1);

export const BatchesSection = z
  .strictObject({
    pollSeconds: Count.max(2_000_000).default(30).describe("Between two looks at a provider's batch"),
    concurrency: Count.max(256)
      .default(8)
      .describe('Lines of one batch at the same time that the router runs itself, where the provider has no batches'),
    run: z
      .array(z.string())
      .default([])
      .describe('Entries under `providers` whose lines the router runs itself, whatever the provider has'),
    upstream: z
      .array(z.string())
      .default([])
      .describe("Entries whose address is not the provider's own, and that have its batches all the same"),
    maxFileBytes: Count.max(512 * 1024 ** 2).default(64 * 1024 ** 2),
    maxLines: Count.max(100_000).default(50_000).describe('Of one batch'),
    maxOpen: Count.default(20).describe('Batches of one tenant that are not over'),
  })
  .describe('Batches of requests that can wait');

export type BatchesSettings = z.infer<typeof BatchesSection>;

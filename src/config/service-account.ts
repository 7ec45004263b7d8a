/** A Google service account's key. What is none would fail every request, so it is refused at the start, unseen. */
import * as z from 'zod';

const Key = z.object({ client_email: z.string().min(1), private_key: z.string().min(1), token_uri: z.url() });

export const ServiceAccount = z
  .string()
  .refine(
    (text) => Key.safeParse(jsonOf(text)).success,
    "must be the JSON text of the key's file, not its path: with client_email, private_key and token_uri",
  );

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Refused as what it is not.
  }
}

/** What is sent in headers. One that cannot be sent would fail every request, so it is refused by its name, unseen. */
import * as z from 'zod';
import { HEADER_NAME, NOT_IN_HEADER, TRANSPORT_HEADERS } from '../core/header-syntax.ts';

export const UNSENDABLE = 'holds a character that no header can carry, such as a line end or what is not ASCII';

/** Files and secret stores end what they hold with a line end that nobody means. */
export const Sendable = z
  .string()
  .trim()
  .refine((text) => !NOT_IN_HEADER.test(text), UNSENDABLE);

export const Credential = Sendable.min(1, 'is empty');

export const HeaderName = z
  .string()
  .refine((name) => HEADER_NAME.test(name), 'is no name of a header: use letters, digits and -')
  .refine((name) => !TRANSPORT_HEADERS.has(name.toLowerCase()), 'is a header that the connection sets itself');

/** Names are checked here: zod says of a record's key only that it is invalid. */
export const Headers = z.record(z.string(), Sendable).superRefine((headers, context) => {
  for (const name of Object.keys(headers)) {
    for (const { message } of HeaderName.safeParse(name).error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: [name], message });
    }
  }
});

/** A responses door that says what it is told to, for tests of what is kept. */
import { GatewayError } from '../../src/core/errors.ts';
import type { Kept, Recording, ResponseObject, Standing } from '../../src/doors/responses/stored.ts';

export const ID = `resp_${'a'.repeat(48)}`;

export function response(rest: Partial<ResponseObject> = {}): ResponseObject {
  return { id: ID, object: 'response', status: 'completed', output: [], ...rest };
}

export function kept(rest: Partial<ResponseObject> = {}, input: Kept['input'] = []): Kept {
  return { response: response(rest), input };
}

/** The body of an answer is its text. */
export function recording(): Recording {
  return {
    door: { name: 'responses', read: () => Promise.reject(new Error('not here')) as never, refusal: () => ({}) },
    kept: (body) => kept({ output: [{ type: 'message', text: body }] }),
    over: false,
    standing: ({ status, error }: Standing) => kept({ status, error: error?.code }),
  };
}

export function codeOf(cause: unknown): string {
  return cause instanceof GatewayError ? `${cause.status} ${cause.code}` : String(cause);
}

/** What `POST /v1/route` says, as far as it is shown here. */
export type { Explanation } from '../../src/gateway/explain.ts';

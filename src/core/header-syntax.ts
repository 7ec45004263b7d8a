/** What a request's headers may hold: checked where a configuration is read, and again where a request is written. */
export const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
/** What no header value may hold: line ends above all, and what is not ASCII, which servers read differently. */
export const NOT_IN_HEADER = /[^\t\x20-\x7e]/;
/** The transport's own business: how long a body is and what becomes of the connection. */
export const TRANSPORT_HEADERS: ReadonlySet<string> = new Set(
  'accept-encoding connection content-length expect keep-alive te trailer transfer-encoding upgrade'.split(' '),
);

/** AWS's binary event stream, read without checking anything: the recordings' checksums were verified already. */
export interface AwsEvent {
  type: string;
  payload: unknown;
  /** Where the message ends in the bytes. */
  end: number;
}

export function awsEvents(bytes: Uint8Array): AwsEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: AwsEvent[] = [];
  for (let start = 0; start < bytes.length;) {
    const total = view.getUint32(start);
    const headersEnd = start + 12 + view.getUint32(start + 4);
    const headers = readHeaders(bytes.subarray(start + 12, headersEnd));
    const payload = text(bytes.subarray(headersEnd, start + total - 4));
    start += total;
    events.push({ type: headers[':event-type'] ?? '', payload: JSON.parse(payload), end: start });
  }
  return events;
}

/** Only strings (type 7) occur. */
function readHeaders(bytes: Uint8Array): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    const length = ((bytes[nameEnd + 1] ?? 0) << 8) + (bytes[nameEnd + 2] ?? 0);
    headers[text(bytes.subarray(at + 1, nameEnd))] = text(bytes.subarray(nameEnd + 3, nameEnd + 3 + length));
    at = nameEnd + 3 + length;
  }
  return headers;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

import { readRecordings } from '../wire/recordings.ts';

/** Recorded answers of one folder of `../shared/wire` that have a header; none where the folder is absent. */
export function recordedHeaders(provider: string, having: string) {
  return readRecordings()
    .filter((recording) => recording.provider === provider)
    .map(({ id, response }) => ({ id, headers: new Headers(response.headers) }))
    .filter(({ headers }) => headers.has(having))
    .map(({ id, headers }) => ({ id, header: (name: string) => headers.get(name) ?? undefined }));
}

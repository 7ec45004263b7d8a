/** How long a recording is, as far as that can be told without listening: of a WAV exactly, else by its size. */

/** 64 kbit a second: speech is sent in less, music in more. */
const USUAL_BYTES_A_SECOND = 8_000;
/** RIFF, WAVE, `fmt ` and what is in it, as every recorder writes it. */
const WAV_HEAD_BYTES = 44;

export function secondsOf(bytes: Uint8Array): number {
  return bytes.length / (wavBytesASecond(bytes) ?? USUAL_BYTES_A_SECOND);
}

function wavBytesASecond(bytes: Uint8Array): number | undefined {
  if (bytes.length < WAV_HEAD_BYTES || wordAt(bytes, 0) !== 'RIFF' || wordAt(bytes, 8) !== 'WAVE') return undefined;
  if (wordAt(bytes, 12) !== 'fmt ') return undefined;
  const rate = new DataView(bytes.buffer, bytes.byteOffset).getUint32(28, true);
  return rate > 0 ? rate : undefined;
}

function wordAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** Messages of HTTP/1.1 as the two sides of a rehearsal read them: just enough for what the router says. */
export class Arriving {
  readonly #onMessage: (text: string) => void;
  #text = '';

  constructor(onMessage: (text: string) => void) {
    this.#onMessage = onMessage;
  }

  /** One at a time: nobody says the next before this one is over. */
  add(bytes: Buffer): void {
    this.#text += bytes.toString('latin1');
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /^content-length: (\d+)/im.exec(this.#text.slice(0, end))?.[1];
    const isWhole = length ? this.#text.length >= end + 4 + Number(length) : this.#text.endsWith('\r\n0\r\n\r\n');
    if (!isWhole) return;
    const text = this.#text;
    this.#text = '';
    this.#onMessage(text);
  }
}

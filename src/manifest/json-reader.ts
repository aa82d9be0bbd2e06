// Reads JSON text piece by piece: what nobody expects is passed over and never built, however large or deep it is.

/** The text is no JSON from `index` on. */
export class JsonFault extends Error {
  readonly index: number;

  constructor(index: number) {
    super();
    this.index = index;
  }
}

/** What an object or a list is, where a plain value is read. */
export const COMPOSITE = Symbol('object or list');

const BLANKS = /[ \t\r\n]*/y;
const PLAIN = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const BRACKETS = /["{}[\]]/g;
/** A quote, or an escaped sign, which may be one that ends nothing. */
const QUOTES = /"|\\[\s\S]/g;

/** A place in a JSON text that moves on with what is read. All methods throw a `JsonFault` where it is none. */
export class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The index of the next sign that counts. */
  get place(): number {
    BLANKS.lastIndex = this.#at;
    BLANKS.exec(this.#text);
    this.#at = BLANKS.lastIndex;
    return this.#at;
  }

  /** `line 3, column 7` of an index into the text, both counted from 1. */
  locate(index: number): string {
    const lines = this.#text.slice(0, index).split('\n');
    return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  }

  /** Goes on at a place. */
  moveTo(place: number): void {
    this.#at = place;
  }

  /** Reads an object, whose values `onMember` reads; anything else is passed over, which is told by `false`. */
  readObject(onMember: (key: string, place: number) => void): boolean {
    if (!this.#take('{')) {
      this.readValue();
      return false;
    }
    if (this.#take('}')) return true;
    do {
      const { place } = this;
      const key = this.#readString();
      this.#expect(':');
      onMember(key, place);
    } while (this.#take(','));
    this.#expect('}');
    return true;
  }

  /** Reads a text, a number, `true`, `false` or `null`; anything else is passed over, and is `COMPOSITE`. */
  readValue(): unknown {
    const sign = this.#text[this.place];
    if (sign === '"') return this.#readString();
    if (sign === '{' || sign === '[') return this.#passOver();
    PLAIN.lastIndex = this.#at;
    const [plain] = PLAIN.exec(this.#text) ?? [];
    if (plain === undefined) throw new JsonFault(this.#at);
    this.#at += plain.length;
    return JSON.parse(plain);
  }

  /** Makes sure that nothing follows. */
  readEnd(): void {
    if (this.place < this.#text.length) throw new JsonFault(this.#at);
  }

  #take(sign: string): boolean {
    if (this.#text[this.place] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw new JsonFault(this.#at);
  }

  #readString(): string {
    const start = this.place;
    if (this.#text[start] !== '"') throw new JsonFault(start);
    this.#at = this.#findStringEnd(start);
    const raw = this.#text.slice(start, this.#at);
    if (!/[\\\x00-\x1f]/.test(raw)) return raw.slice(1, -1);
    try {
      return JSON.parse(raw);
    } catch {
      throw new JsonFault(start);
    }
  }

  /** The index behind the closing quote. */
  #findStringEnd(start: number): number {
    QUOTES.lastIndex = start + 1;
    for (let found = QUOTES.exec(this.#text); found !== null; found = QUOTES.exec(this.#text))
      if (found[0] === '"') return QUOTES.lastIndex;
    throw new JsonFault(this.#text.length);
  }

  /** Without recursion, so that depth is no danger; what is inside is not checked. */
  #passOver(): typeof COMPOSITE {
    let depth = 0;
    do {
      BRACKETS.lastIndex = this.#at;
      const found = BRACKETS.exec(this.#text);
      if (found === null) throw new JsonFault(this.#text.length);
      this.#at = found[0] === '"' ? this.#findStringEnd(found.index) : found.index + 1;
      if (found[0] === '{' || found[0] === '[') depth += 1;
      else if (found[0] !== '"') depth -= 1;
    } while (depth > 0);
    return COMPOSITE;
  }
}

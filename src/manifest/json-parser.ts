// Parses JSON text piece by piece: what nobody expects is passed over and never built, however large or deep it is.

/** The text is no JSON from a place on, which the message names. */
export class JsonFault extends Error {}

/** What an object or a list is, where a plain value is expected. */
export const COMPOSITE = Symbol('object or list');

const BLANKS = /[ \t\r\n]*/y;
const PLAIN = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const BRACKETS = /["{}[\]]/g;
/** A quote, or an escaped character, which may be one that ends nothing. */
const QUOTES = /"|\\[\s\S]/g;

/** A JSON text, parsed from its beginning on. All methods throw a `JsonFault` where it is none. */
export class JsonParser {
  /** The index from which on the text is not parsed yet. */
  position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** `line 3, column 7` of an index into the text, both counted from 1. */
  locate(index: number): string {
    const lines = this.#text.slice(0, index).split('\n');
    return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  }

  /**
   * Parses an object, whose values `onMember` parses; `index` is where a key begins. Anything else is passed over, which
   * is told by `false`.
   */
  parseObject(onMember: (key: string, index: number) => void): boolean {
    if (!this.#take('{')) {
      this.parseValue();
      return false;
    }
    if (this.#take('}')) return true;
    do {
      const index = this.#skipBlanks();
      const key = this.#parseString();
      this.#expect(':');
      onMember(key, index);
    } while (this.#take(','));
    this.#expect('}');
    return true;
  }

  /** Parses a text, a number, `true`, `false` or `null`; anything else is passed over, and is `COMPOSITE`. */
  parseValue(): unknown {
    const first = this.#text[this.#skipBlanks()];
    if (first === '"') return this.#parseString();
    if (first === '{' || first === '[') return this.#passOver();
    PLAIN.lastIndex = this.position;
    const [plain] = PLAIN.exec(this.#text) ?? [];
    if (plain === undefined) this.#fail(this.position);
    this.position += plain.length;
    return JSON.parse(plain);
  }

  /** Makes sure that nothing follows. */
  expectEnd(): void {
    if (this.#skipBlanks() < this.#text.length) this.#fail(this.position);
  }

  #fail(index: number): never {
    throw new JsonFault(this.locate(index));
  }

  /** @returns the position behind them */
  #skipBlanks(): number {
    BLANKS.lastIndex = this.position;
    BLANKS.exec(this.#text);
    this.position = BLANKS.lastIndex;
    return this.position;
  }

  #take(character: string): boolean {
    if (this.#text[this.#skipBlanks()] !== character) return false;
    this.position += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#fail(this.position);
  }

  /** Parses a string that begins here. */
  #parseString(): string {
    const start = this.position;
    if (this.#text[start] !== '"') this.#fail(start);
    this.position = this.#findStringEnd(start);
    const raw = this.#text.slice(start, this.position);
    if (!/[\\\x00-\x1f]/.test(raw)) return raw.slice(1, -1);
    try {
      return JSON.parse(raw);
    } catch {
      return this.#fail(start);
    }
  }

  /** The index behind the closing quote. */
  #findStringEnd(start: number): number {
    QUOTES.lastIndex = start + 1;
    for (let found = QUOTES.exec(this.#text); found !== null; found = QUOTES.exec(this.#text))
      if (found[0] === '"') return QUOTES.lastIndex;
    return this.#fail(this.#text.length);
  }

  /** Without recursion, so that depth is no danger; what is inside is not checked. */
  #passOver(): typeof COMPOSITE {
    let depth = 0;
    do {
      BRACKETS.lastIndex = this.position;
      const found = BRACKETS.exec(this.#text);
      if (found === null) return this.#fail(this.#text.length);
      this.position = found[0] === '"' ? this.#findStringEnd(found.index) : found.index + 1;
      if (found[0] === '{' || found[0] === '[') depth += 1;
      else if (found[0] !== '"') depth -= 1;
    } while (depth > 0);
    return COMPOSITE;
  }
}

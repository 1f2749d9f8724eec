/** Where in a file something stands, counted from 1; columns in UTF-16 code units, as editors count. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something that keeps a row from being read. */
export interface Fault {
  readonly place: Place;
  readonly message: string;
}

/** `nlu.yml:14:7`, as compilers and editors write it. */
export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

export const faultText = ({ place, message }: Fault): string => `${placeText(place)}: ${message}`;

/** Where an offset of a text lies, by lines. */
export class Lines {
  readonly #starts = [0];

  constructor(
    readonly file: string,
    text: string,
  ) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  place(offset: number): Place {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: offset - this.#starts[low]! + 1 };
  }
}

/** Parsers of options' values. Each names what is wrong; commander and src/cli/command.ts put the option's name before it. */
import { InvalidArgumentError } from "@commander-js/extra-typings";

type Parser<T> = (value: string) => T;

/** A whole number in decimal digits. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Parser<number> {
  return (value) => {
    const number = Number(value);
    if (/^\d{1,15}$/.test(value) && number >= least && number <= most) return number;
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`"${value}" is no whole number ${range}`);
  };
}

/** Of a generator of random numbers. */
export const seed = whole(0, 2 ** 32 - 1);

/** A number such as 0.25; with `unit` in the message: `seconds`. */
export function decimal(least: number, most: number, unit?: string): Parser<number> {
  return (value) => {
    const number = Number(value);
    if (/^\d+(\.\d+)?$/.test(value) && number >= least && number <= most) return number;
    const kind = unit === undefined ? "number" : `number of ${unit}`;
    throw new InvalidArgumentError(`"${value}" is no ${kind} from ${least} to ${most}`);
  };
}

/** Seconds, as milliseconds. */
export function seconds(least: number, most: number): Parser<number> {
  const parse = decimal(least, most, "seconds");
  return (value) => Math.round(parse(value) * 1000);
}

/** One of `known`. */
export function oneOf<const T extends string>(known: readonly T[]): Parser<T> {
  return (value) => {
    const found = known.find((name) => name === value);
    if (found === undefined) throw new InvalidArgumentError(`"${value}" is unknown; known are ${known.join(", ")}`);
    return found;
  };
}

/** Values with commas between them, each once. */
export function listOf<T>(item: Parser<T>): Parser<T[]> {
  return (value) => [...new Set(value.split(",").map((part) => part.trim()))].map(item);
}

/** An option that may be given several times. */
export function repeated<T>(item: Parser<T>): (value: string, previous: T[] | undefined) => T[] {
  return (value, previous = []) => [...previous, item(value)];
}

/** Any text but white space alone. */
export function text(value: string): string {
  if (value.trim() === "") throw new InvalidArgumentError("is empty or white space");
  return value;
}

/** A server's address, without a slash at its end. */
export function address(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new InvalidArgumentError(`"${value}" is no address such as http://127.0.0.1:8080`);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

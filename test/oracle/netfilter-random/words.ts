/** Arbitraries of words of a command line. */
import fc from "fast-check";

export type Words = fc.Arbitrary<string>;

export const pick = (...words: readonly string[]): Words => fc.constantFrom(...words);
export const number = (min: number, max: number): Words => fc.integer({ min, max }).map(String);

/** Nothing, as often as something. */
export const maybe = (words: Words): Words => fc.option(words, { nil: "", freq: 1 });

/** `! WORDS` now and then. */
export const negatable = (words: Words): Words =>
  fc
    .tuple(fc.integer({ min: 0, max: 4 }), words)
    .map(([at, text]) => (at === 0 ? `! ${text}` : text));

export const join = (...parts: readonly Words[]): Words =>
  fc.tuple(...parts).map((words) => words.filter((word) => word !== "").join(" "));

/** `-m NAME TEST`, where the test may be negated. */
export const matching = (name: string, ...tests: readonly string[]): Words =>
  negatable(pick(...tests)).map((test) => `-m ${name} ${test}`);

/** Rarely `odd`, else `usual`. */
export const seldom = (odd: Words, usual: Words): Words =>
  fc.oneof({ weight: 1, arbitrary: odd }, { weight: 24, arbitrary: usual });

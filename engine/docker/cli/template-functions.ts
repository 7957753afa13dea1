/** What docker adds to Go's template functions (cli/templates of docker/cli). */
import { marshal } from "../../programs/support/go/json.ts";
import {
  func,
  FunctionError,
  type TemplateFunction,
} from "../../programs/support/go/template/functions.ts";
import { ANY, INT, sliceOf, STRING, string, type GoValue } from "../../programs/support/go/type.ts";

const STRINGS = sliceOf(STRING);
const text = (value: GoValue | null | undefined) => String(value?.data ?? "");
const count = (value: GoValue | null | undefined) => Number(value?.data ?? 0);

/** strings.Title: the first letter of each word. */
const title = (words: string) =>
  words.replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_, before: string, letter: string) => {
    return before + letter.toUpperCase();
  });

function padding(length: number): string {
  if (length < 0) throw new FunctionError("strings: negative Repeat count");
  return " ".repeat(Math.min(length, 1 << 20));
}

export const DOCKER_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  json: func([ANY], ([value = null]) => string(marshal(value, false))),
  split: func([STRING, STRING], ([value, separator]) => ({
    type: STRINGS,
    data: text(separator) === "" ? [...text(value)] : text(value).split(text(separator)),
  })),
  join: func([STRINGS, STRING], ([value, separator]) =>
    string(((value?.data ?? []) as readonly string[]).join(text(separator))),
  ),
  title: func([STRING], ([value]) => string(title(text(value)))),
  lower: func([STRING], ([value]) => string(text(value).toLowerCase())),
  upper: func([STRING], ([value]) => string(text(value).toUpperCase())),
  pad: func([STRING, INT, INT], ([value, before, after]) =>
    text(value) === ""
      ? string("")
      : string(padding(count(before)) + text(value) + padding(count(after))),
  ),
  truncate: func([STRING, INT], ([value, length]) => {
    const whole = text(value);
    return string(whole.length < count(length) ? whole : whole.slice(0, count(length)));
  }),
};

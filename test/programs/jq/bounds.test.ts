import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

test.each([
  ["def f: f; f", "recursion as deep as this"],
  ["def f: .+1|f; 0|f", "recursion as deep as this"],
  ["[range(1e9)]|length", "so many values at once"],
  ["reduce range(60) as $i (1;[.,.])", "a value of more than 1000000 parts"],
  ['"a"*1e9', "a string of more than 16777216 characters"],
  ["[.[2e6]=1]", "an array with so large a gap"],
])("%s ends with an error", (filter, words) => {
  const { a } = lab("a");
  a.types(`timeout 60 jq -n '${filter}'`)
    .exits(5)
    .complains(`jq: Podwire does not model ${words}\n`);
});

test("an endless computation costs the lab's time", () => {
  const { a } = lab("a");
  a.types("timeout 0.1 jq -n 'until(false;.+1)'").exits(124);
  a.types("timeout 0.1 jq -n 'last(range(1e9))'").exits(124);
});

test("values are handled as they come", () => {
  const { a } = lab("a");
  a.starts("(echo 1; sleep 1; echo 2; sleep 1) | jq --unbuffered '.+1' > out");
  a.types("sleep 0.5; cat out").prints("2");
  a.types("sleep 1; cat out").prints("2\n3");
});

test("a signal ends it while it waits for input", () => {
  const { a } = lab("a");
  expect(a.types("timeout 1 jq . < <(sleep 100); echo $?").stdout).toBe("124\n");
});

import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("the host name is shown, set and refused", () => {
  const { a } = lab("a -- b");
  a.types("hostname").printsExactly("a\n");
  a.types("hostname -I").printsExactly("10.0.0.1 \n");
  a.types("hostname web.example.org; hostname; hostname -s").printsExactly(
    "web.example.org\nweb\n",
  );
  a.types("hostname -- -bad-").complains("hostname: the specified hostname is invalid\n", 1);
});

import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("a forking TCP listener serves one after the other", () => {
  const { a, b } = lab("a -- b");
  const server = b.starts("socat TCP-LISTEN:5000,reuseaddr,fork EXEC:cat");
  a.types("echo one | socat - TCP:10.0.0.2:5000").printsExactly("one\n");
  a.types("echo two | socat - TCP:10.0.0.2:5000").printsExactly("two\n");
  server.interrupted().exits(130);
});

test("a UDP listener makes a connection of a sender", () => {
  const { a, b } = lab("a -- b");
  b.starts("socat UDP-LISTEN:5000,fork EXEC:cat");
  a.types("echo q | socat - UDP:10.0.0.2:5000").printsExactly("q\n");
  a.types("echo r | socat -t 1 - UDP4-DATAGRAM:10.0.0.2:5000").printsExactly("r\n");
});

test("refusals are told as the calls that failed", () => {
  const { a } = lab("a -- b");
  a.types("echo q | socat - TCP:10.0.0.2:9").complains(
    "E connect(5, AF=2 10.0.0.2:9, 16): Connection refused",
    1,
  );
  a.types("echo q | socat -t 1 - UDP:10.0.0.2:9").complains("E read(5, 0x", 1);
  a.types("socat TCP-LISTEN:80,bind=9.9.9.9 -").complains(
    "E bind(5, {AF=2 9.9.9.9:80}, 16): Cannot assign requested address",
    1,
  );
});

test("wrong addresses are refused as the real one does", () => {
  const { a } = lab("a -- b");
  a.types("socat - FOO:1").complains('E unknown device/address "FOO"', 1);
  a.types("socat - TCP:1").complains("E TCP: wrong number of parameters (1 instead of 2)", 1);
  a.types("socat - TCP:1:2,foo").complains('E parseopts_table(): unknown option "foo"', 1);
  a.types("socat -").complains("E exactly 2 addresses required (there are 1)", 1);
  a.types("socat - UNIX:/tmp/x").complains("Podwire does not model the address", 1);
});

test("a failing program fails socat", () => {
  const { a } = lab("a -- b");
  a.types("echo x | socat - SYSTEM:'exit 5'").complains("exited with status 5", 1);
  a.types("echo x | socat - EXEC:'tr a-z A-Z'").printsExactly("X\n");
  a.types("echo x | socat - EXEC:/none").complains('E execvp("/none", "/none"): No such file');
});

test("the peer's address is in the environment of what it runs", () => {
  const { a, b } = lab("a -- b");
  b.starts("socat TCP-LISTEN:5000,fork SYSTEM:'echo $SOCAT_PEERADDR $SOCAT_SOCKPORT'");
  a.types("socat - TCP:10.0.0.2:5000 </dev/null").printsExactly("10.0.0.1 5000\n");
});

test("-v shows the data and its direction", () => {
  const { a } = lab("a -- b");
  const shown = a.types("printf 'hi\\r\\n' | socat -v - EXEC:cat 2>&1");
  shown.prints("> 20", "  length=4 from=0 to=3\nhi\\r\n", "< 20");
});

test("inactivity ends it with -T", () => {
  const { a } = lab("a -- b");
  a.types(
    "sleep 60 | socat -T 2 - TCP-LISTEN:5000 & sleep 1; socat -T 2 - TCP:127.0.0.1:5000",
  ).exits(0);
});

test("files are read and written", () => {
  const { a } = lab("a -- b");
  a.types("echo x | socat -u - CREATE:/tmp/f; socat -u OPEN:/tmp/f -").printsExactly("x\n");
  a.types("socat - OPEN:/none").complains('E open("/none", 02, 0666): No such file', 1);
});

import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

test("variables are read and set by either spelling", () => {
  const { a } = lab("a");
  a.types("sysctl net.ipv4.ip_forward").printsExactly("net.ipv4.ip_forward = 0\n");
  a.types("sysctl -w net/ipv4/ip_forward=1").printsExactly("net.ipv4.ip_forward = 1\n");
  a.types("sysctl -n net.ipv4.ip_forward").printsExactly("1\n");
  a.types("sysctl -N net.ipv4.ip_forward").printsExactly("net.ipv4.ip_forward\n");
  a.types("sysctl -qw net.ipv4.ip_forward=0; cat /proc/sys/net/ipv4/ip_forward").printsExactly(
    "0\n",
  );
});

test("a device's dot is a slash in a variable's name", () => {
  const { a } = lab("a");
  a.types("ip link add e0.5 type dummy");
  a.types("sysctl net.ipv4.conf.e0/5.forwarding").prints("net.ipv4.conf.e0/5.forwarding = ");
});

test("-r selects by pattern, -a lists all", () => {
  const { a } = lab("a");
  a.types("sysctl -a -r '^net.ipv4.conf.lo.forw'").printsExactly(
    "net.ipv4.conf.lo.forwarding = 0\n",
  );
  expect(a.types("sysctl -a").stdout.split("\n").length).toBeGreaterThan(100);
});

test("a file of settings is applied line by line, with stars", () => {
  const { a } = lab("a");
  a.types(
    "printf '# note\\n; note\\nnet.ipv4.ip_forward = 1\\nbroken line\\nnet.ipv4.conf.*.rp_filter=1\\n' > /tmp/s.conf",
  );
  const { stdout, stderr, exit } = a.types("sysctl -p /tmp/s.conf");
  expect({ stderr, exit }).toEqual({
    stderr: "sysctl: /tmp/s.conf(4): invalid syntax, continuing...\n",
    exit: 0,
  });
  expect(stdout).toContain("net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 1\n");
});

test.each([
  [
    "sysctl net.ipv4.nosuch",
    "sysctl: cannot stat /proc/sys/net/ipv4/nosuch: No such file or directory\n",
    1,
  ],
  ["sysctl -w net.ipv4.ip_forward", "sysctl: command line(0): invalid syntax, continuing...\n", 1],
  [
    "sysctl -w net.ipv4.ip_forward=yes",
    'sysctl: setting key "net.ipv4.ip_forward": Invalid argument\n',
    1,
  ],
  ["sysctl -p /nonexist", 'sysctl: cannot open "/nonexist": No such file or directory\n', 1],
  ["sysctl -x", "sysctl: no variables specified\nTry `sysctl --help' for more information.\n", 1],
  ["sysctl ''", 'sysctl: "" is an unknown key\n', 255],
])("%s fails as the real one does", (commandLine, text, status) => {
  const { stderr, exit } = lab("a").a.types(commandLine);
  expect({ stderr, exit }).toEqual({ stderr: text, exit: status });
});

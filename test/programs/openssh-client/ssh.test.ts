import { expect, test } from "vitest";
import { decodeUtf8 } from "../../../engine/sim/utf8.ts";
import { lab } from "../../support/lab.ts";

test("a command runs on the other machine, with its output and status", () => {
  const { client, server } = lab("client -- server");
  server.types("/usr/sbin/sshd").exits(0);
  client.types("ssh 10.0.0.2 hostname").printsExactly("server\n");
  client
    .types("ssh root@10.0.0.2 'echo out; echo err >&2; exit 3'")
    .complains("err\n", 3)
    .shows("out\n");
  client.types("echo typed | ssh 10.0.0.2 cat").printsExactly("typed\n");
  client
    .types("ssh 10.0.0.2 'echo $SSH_CONNECTION; pwd'")
    .prints("10.0.0.1 ", " 10.0.0.2 22\n/root\n");
  client.types("seq 20000 | ssh 10.0.0.2 'wc -l'").printsExactly("20000\n");
});

test("who is not there, does not listen or may not log in", () => {
  const { client, server } = lab("client -- server");
  client
    .types("ssh 10.0.0.2 true")
    .complains("ssh: connect to host 10.0.0.2 port 22: Connection refused", 255);
  client.types("ssh 10.0.0.9 true").complains("port 22: No route to host", 255);
  client.types("ssh nosuch true").complains("ssh: Could not resolve hostname nosuch: ", 255);
  client.types("ssh -p x a").complains("Bad port 'x'", 255);
  client.types("ssh -L 1:a:2 a").complains("Podwire does not model the option '-L'", 255);
  server.types("/usr/sbin/sshd -p 2222").exits(0);
  client
    .types("ssh -p 2222 bob@10.0.0.2 true")
    .complains("bob@10.0.0.2: Permission denied (publickey,password).", 255);
  client.types("nc -w 1 10.0.0.2 2222 < /dev/null").shows("SSH-2.0-OpenSSH_9.2p1");
});

test("without a command there is a login shell on a terminal", () => {
  const { client, server, world } = lab("client -- server");
  server.types("/usr/sbin/sshd").exits(0);
  const terminal = client.node.machine.openTerminal({ columns: 80, rows: 24 });
  let screen = "";
  const type = (text: string): void => {
    terminal.input(text);
    world.pass(2);
    for (let data = terminal.takeOutput(); data.length > 0; data = terminal.takeOutput()) {
      screen += decodeUtf8(data);
    }
  };
  type("ssh 10.0.0.2\r");
  type("hostname; tty; stty size 2>/dev/null; echo $SSH_TTY\r");
  type("sleep 100\r");
  type("\x03");
  type("exit 4\r");
  type("echo status=$?\r");
  expect(screen).toContain("server\r\n/dev/pts/0\r\n");
  expect(screen).toMatch(/root@server:~# [^]*sleep 100[^]*\^C[^]*root@server/);
  expect(screen).toContain("Connection to 10.0.0.2 closed.\r");
  expect(screen).toContain("status=4\r\n");
});

test("a command has no terminal, and nonsense on the port harms nobody", () => {
  const { client, server } = lab("client -- server");
  server.types("/usr/sbin/sshd").exits(0);
  client.types("ssh 10.0.0.2 tty").shows("not a tty\n").exits(1);
  client.types("printf 'SSH-2.0-x\\r\\n\\0\\0\\0\\0\\2[]' | nc -w 1 10.0.0.2 22").shows("SSH-2.0-");
  client.types("head -c 3000 /dev/zero | nc -w 1 10.0.0.2 22").shows("SSH-2.0-");
  client.types("ssh 10.0.0.2 true").exits(0);
});

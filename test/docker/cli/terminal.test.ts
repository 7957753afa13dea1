/** Containers in a terminal: detaching, attaching, signals, completion. */
import { expect, test } from "vitest";
import { TestSession, type TestTerminal } from "../../support/session.ts";

const LAB = "podwire: 1\nseed: 1\nnodes:\n  - {name: h, kind: host}\n";

/** A terminal on a machine that has busybox. */
function terminal(): {
  readonly keyboard: TestTerminal;
  type(keys: string, pause?: number): string;
} {
  const session = TestSession.open(LAB);
  const keyboard = session.terminal("h");
  keyboard.types("docker pull -q busybox");
  return {
    keyboard,
    /** What the screen got since. */
    type(keys, pause = 2) {
      const before = keyboard.screen.length;
      keyboard.press(keys);
      session.pass(pause);
      return keyboard.screen.slice(before);
    },
  };
}

test("ctrl-p ctrl-q leaves a container running, and attach comes back to it", () => {
  const { keyboard, type } = terminal();
  expect(type("docker run -it --name box busybox\r")).toContain("/ # ");
  expect(type("echo in $((1+1))\r")).toContain("in 2\n/ # ");
  expect(type("\x10\x11")).toMatch(/root@h:~# $/);
  expect(keyboard.types("docker ps --format '{{.Names}} {{.State}}'")).toBe("box running\n");
  type("docker attach box\r");
  expect(type("exit 3\r")).toContain("root@h:~# ");
  expect(keyboard.types("echo $?")).toBe("3\n");
});

test("detaching from attach and exec says so and fails", () => {
  const { keyboard, type } = terminal();
  type("docker run -dit --name box busybox\r");
  type("docker attach box\r");
  expect(type("\x10\x11")).toContain("read escape sequence\n");
  type("docker exec -it box sh\r");
  expect(type("\x10\x11")).toContain("read escape sequence\n");
  expect(keyboard.types("echo $?")).toBe("1\n");
});

test("other detach keys, and half of them reach the container", () => {
  const { keyboard, type } = terminal();
  type("docker run -it --detach-keys ctrl-x,y --name box busybox\r");
  expect(type("\x18\x15echo typed\r")).toContain("typed\n");
  expect(type("\x18y")).toMatch(/root@h:~# $/);
  expect(keyboard.types("docker ps -q | wc -l").trim()).toBe("1");
});

test("the third ctrl-c gives up on a container that does not listen", () => {
  const { keyboard, type } = terminal();
  type("docker run --name deaf busybox sleep 1000\r");
  type("\x03");
  type("\x03");
  expect(type("\x03")).toContain("\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n");
  expect(keyboard.types("echo $?")).toBe("1\n");
  expect(keyboard.types("docker ps --format '{{.Names}}'")).toBe("deaf\n");
});

test("tab completes commands, flags and the names of containers", () => {
  const { keyboard, type } = terminal();
  keyboard.types("docker run -d --name somewhat-long busybox sleep 1000");
  expect(type("docker stop some\t")).toContain("docker stop somewhat-long ");
  type("\x15docker netw\t");
  expect(keyboard.screen).toMatch(/docker network $/);
});

/** A host in memory, with a session that echoes. For looking at the interface and for its tests. */
import type { ClockState, LabView, NodeInspection, Notice, Session } from "../../engine/session.ts";
import type { Host, LabFiles, OpenedFile, RemoteSession } from "../host/host.ts";
import { IMAGES, inspectContainer, runDocker } from "./fake-docker.ts";
import { EMPTY_LAB, applyEdit, copyItems } from "./fake-lab.ts";

export interface FakeHost extends Host {
  /** What the interface asked of the host, in order. */
  readonly asked: string[];
  notice(...notices: Notice[]): void;
  fail(message: string): void;
}

export function makeFakeHost(
  templates: Readonly<Record<string, LabView>> = {},
  recovery?: Awaited<ReturnType<LabFiles["readRecovery"]>>,
): FakeHost {
  const asked: string[] = [];
  const listeners = {
    notices: new Set<(notices: readonly Notice[]) => void>(),
    clock: new Set<(clock: ClockState) => void>(),
    failure: new Set<(message: string) => void>(),
  };
  const send = (...notices: Notice[]) => {
    setTimeout(() => listeners.notices.forEach((listener) => listener(notices)));
  };
  const session = fakeSession(templates, send);
  let clock: ClockState = { nowNs: 0, running: true, speed: 1, pendingEvents: 0, eventsRun: 0 };
  const setClock = (part: Partial<ClockState>) => {
    clock = { ...clock, ...part };
    listeners.clock.forEach((listener) => listener(clock));
  };
  const listen = <T>(set: Set<T>, listener: T) => {
    set.add(listener);
    return () => void set.delete(listener);
  };

  return {
    kind: "browser",
    asked,
    notice: send,
    fail: (message) => listeners.failure.forEach((listener) => listener(message)),
    session: { ...remote(session), clock: () => Promise.resolve(clock) },
    pacer: {
      play: async () => setClock({ running: true }),
      pause: async () => setClock({ running: false }),
      step: async () => {
        setClock({ nowNs: clock.nowNs + 1_234_567, eventsRun: clock.eventsRun + 1 });
        return true;
      },
      setSpeed: async (speed) => setClock({ speed }),
    },
    files: fakeFiles(asked, recovery),
    onNotices: (listener) => listen(listeners.notices, listener),
    onClock: (listener) => listen(listeners.clock, listener),
    onEngineFailure: (listener) => listen(listeners.failure, listener),
    onEvent: () => () => {},
    setDirty: (dirty) => asked.push(`dirty ${dirty}`),
    setTitle: (title) => {
      if (typeof document !== "undefined") document.title = title;
    },
    openExternal: (url) => asked.push(`open ${url}`),
  };
}

function remote(session: Session): RemoteSession {
  const entries = Object.entries(session).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      const answer: unknown = (method as (...args: unknown[]) => unknown)(...args);
      return answer === undefined ? undefined : structuredClone(answer);
    },
  ]);
  return Object.fromEntries(entries) as RemoteSession;
}

function fakeSession(
  templates: Readonly<Record<string, LabView>>,
  send: (...notices: Notice[]) => void,
): Session {
  let view = EMPTY_LAB;
  let dirty = false;
  let past: LabView[] = [];
  let future: LabView[] = [];
  let terminals = 0;
  let commands = 0;
  const nodeOf = new Map<string, string>();

  const history = () => ({
    ...(past.length > 0 ? { undo: "the last change" } : {}),
    ...(future.length > 0 ? { redo: "the change" } : {}),
  });
  const tell = () => send({ kind: "view", dirty, history: history() });
  const print = (terminal: string, text: string) =>
    send({ kind: "terminal-output", terminal, data: new TextEncoder().encode(text) });
  const prompt = (terminal: string) =>
    print(terminal, `\x1b[32mroot@${nodeOf.get(terminal)}\x1b[0m:\x1b[34m~\x1b[0m# `);
  const start = (next: LabView) => {
    view = next;
    [dirty, past, future] = [false, [], []];
    tell();
    return view;
  };

  return {
    open(text) {
      try {
        return { ok: true, value: start(JSON.parse(text) as LabView) };
      } catch {
        return {
          ok: false,
          problems: [
            { message: "expected a number, found “many”", path: "nodes[2].at.x", line: 14 },
            { message: "no machine is called pc9", path: "cables[0].ends[1]", line: 31, column: 9 },
          ],
        };
      }
    },
    newLab: () => start(EMPTY_LAB),
    save: () => JSON.stringify(view),
    markSaved() {
      dirty = false;
      tell();
    },
    templates: () =>
      Object.entries(templates).map(([id, lab]) => ({
        id,
        title: lab.name,
        summary: lab.description,
        nodes: lab.nodes.length,
        preview: previewOf(lab),
      })),
    openTemplate: (id) => ({ ok: true, value: start(templates[id] ?? EMPTY_LAB) }),
    view: () => view,
    edit(edit) {
      const outcome = applyEdit(view, edit);
      if (!outcome.ok) return outcome;
      past.push(view);
      future = [];
      view = outcome.value.view;
      dirty = true;
      tell();
      return { ok: true, value: { created: outcome.value.created } };
    },
    undo() {
      const before = past.pop();
      if (before !== undefined) [view, future] = [before, [...future, view]];
      tell();
      return history();
    },
    redo() {
      const after = future.pop();
      if (after !== undefined) [view, past] = [after, [...past, view]];
      tell();
      return history();
    },
    copy: (items) => copyItems(view, items),
    setTerminalTabs(tabs) {
      view = { ...view, terminals: tabs };
    },
    openTerminal(node, _size, command) {
      const id = `t${++terminals}`;
      nodeOf.set(id, node);
      const greeting = "Linux \x1b[1mdebian\x1b[0m 6.1 (see https://www.debian.org/)";
      print(id, `${command ?? greeting}\r\n`);
      prompt(id);
      return { ok: true, value: id };
    },
    terminalInput(terminal, data) {
      if (data === "\x04") {
        send({ kind: "terminal-closed", terminal, exitCode: 0 });
      } else if (data === "\r") {
        print(terminal, "\r\n");
        prompt(terminal);
      } else {
        print(terminal, data === "\x03" ? "^C" : data);
      }
    },
    terminalResize: () => {},
    closeTerminal: (terminal) => void nodeOf.delete(terminal),
    runCommand(node, commandLine) {
      const command = `command-${++commands}`;
      view = runDocker(view, node, commandLine);
      tell();
      send({ kind: "command-ended", command, exitCode: 0, output: "" });
      return { ok: true, value: command };
    },
    images: () => IMAGES,
    openDockerConnection: () => ({ ok: false, problems: [{ message: "no engine" }] }),
    connectionInput: (_connection, data) => data.length,
    endConnectionInput: () => {},
    holdConnection: () => {},
    closeConnection: () => {},
    inspectNode: (name) => inspect(view, name),
    inspectCable(id) {
      const cable = view.cables.find((other) => other.id === id);
      if (cable === undefined) return undefined;
      const [a, b] = cable.ends;
      const counts = { frames: 1284, bytes: 96_410, lost: 3, queued: 0 };
      return {
        id,
        directions: [
          { from: a, to: b, ...counts },
          { from: b, to: a, ...counts, lost: 0 },
        ],
      };
    },
    clearCableStatistics: () => {},
    followPackets: () => ({ ok: true, value: undefined }),
    stopFollowing: () => {},
    followed: () => ({ following: true, packets: [], leftOut: 0 }),
    journey: () => undefined,
    clock: () => ({ nowNs: 0, running: true, speed: 1, pendingEvents: 0, eventsRun: 0 }),
    advance: ({ untilNs }) => ({ nowNs: untilNs, reached: true, eventsRun: 0, idle: true }),
    step: () => false,
    takeNotices: () => [],
  };
}

function previewOf(lab: LabView) {
  const index = (name: string) => lab.nodes.findIndex((node) => node.name === name);
  return {
    nodes: lab.nodes.map(({ kind, at }) => ({ kind, at })),
    cables: lab.cables.map(({ ends }) => [index(ends[0].node), index(ends[1].node)] as const),
  };
}

function inspect(view: LabView, name: string): NodeInspection | undefined {
  const node = view.nodes.find((other) => other.name === name);
  if (node === undefined) return undefined;
  const mac = (i: number) => `02:70:64:00:00:${(i + 1).toString(16).padStart(2, "0")}`;
  return {
    name,
    kind: node.kind,
    image: node.image,
    uptimeSeconds: 754,
    interfaces: node.interfaces.map((nic, i) => ({
      name: nic.name,
      ifindex: i + 2,
      kind: "veth",
      mac: mac(i),
      mtu: 1500,
      operState: nic.operState,
      up: true,
      addresses: nic.addresses,
      rxPackets: 12_804,
      txPackets: 982,
      rxBytes: 1_204_551,
      txBytes: 88_213,
      dropped: i === 0 ? 4 : 0,
      ...(nic.cable === undefined ? {} : { cable: nic.cable }),
    })),
    routes: [
      "default via 10.0.0.254 dev eth0",
      "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1",
    ],
    neighbours: [
      { address: "10.0.0.254", device: "eth0", mac: "02:70:64:00:00:fe", state: "REACHABLE" },
      { address: "10.0.0.9", device: "eth0", state: "FAILED" },
    ],
    sockets: [{ protocol: "tcp", state: "LISTEN", local: "0.0.0.0:80", remote: "0.0.0.0:*" }],
    containers: node.containers.map(inspectContainer),
    processes: [
      { pid: 1, state: "S", command: "init" },
      { pid: 42, state: "S", command: "nginx: master process /usr/sbin/nginx" },
    ],
    bridges:
      node.kind === "switch"
        ? [
            {
              name: "br0",
              entries: [{ mac: mac(7), port: "port1", ageSeconds: 12.4, local: false }],
            },
          ]
        : [],
  };
}

function fakeFiles(
  asked: string[],
  recovery: Awaited<ReturnType<LabFiles["readRecovery"]>>,
): LabFiles {
  const kept = new Map<string, { name: string; text: string; savedAt: number }>();
  let unsaved = recovery;
  const opened = (id: string): OpenedFile | undefined => {
    const file = kept.get(id);
    return file && { id, name: file.name, text: file.text };
  };
  return {
    open: async () => ({ id: "broken", name: "broken.podwire.yaml", text: "nodes: many" }),
    openRecent: async (id) => opened(id),
    recent: async () =>
      [...kept].map(([id, { name, savedAt }]) => ({
        id,
        name,
        place: "in this browser",
        savedAt,
      })),
    forgetRecent: async (id) => void kept.delete(id),
    async save(id, text) {
      asked.push(`save ${id}`);
      const file = kept.get(id);
      kept.set(id, { name: file?.name ?? id, text, savedAt: Date.now() });
    },
    async saveAs(name, text) {
      asked.push(`save as ${name}`);
      const id = `file-${kept.size + 1}`;
      kept.set(id, { name, text, savedAt: Date.now() });
      return { id, name };
    },
    async exportCopy(name) {
      asked.push(`export ${name}`);
    },
    async writeRecovery(next) {
      asked.push(`recovery ${next.name}`);
      unsaved = { ...next, writtenAt: Date.now() };
    },
    readRecovery: async () => unsaved,
    async clearRecovery() {
      unsaved = undefined;
    },
  };
}

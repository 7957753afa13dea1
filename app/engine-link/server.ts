/** The engine's end of the link: runs in a Web Worker or in Electron's utility process. */
import { createBirpc } from "birpc";
import type { Session } from "../../engine/session.ts";
import { SessionPacer, type RealTime } from "./pacer.ts";
import type { Channel, EngineFunctions, WindowFunctions } from "./protocol.ts";

/** Methods after which the session has something to do at once. */
const KICKING = [
  "open",
  "newLab",
  "openTemplate",
  "edit",
  "undo",
  "redo",
  "openTerminal",
  "terminalInput",
  "terminalResize",
  "closeTerminal",
  "runCommand",
  "openDockerConnection",
  "connectionInput",
  "endConnectionInput",
  "holdConnection",
  "closeConnection",
  "setTerminalTabs",
  "markSaved",
] as const;

const QUIET = [
  "save",
  "templates",
  "images",
  "view",
  "copy",
  "inspectNode",
  "inspectCable",
  "clearCableStatistics",
] as const;

/** Methods that put another lab, with another clock, in place of the open one. */
const REPLACING: readonly string[] = ["open", "newLab", "openTemplate"];

export function serveEngine(session: Session, channel: Channel, time: RealTime): SessionPacer {
  const pacer: SessionPacer = new SessionPacer(session, time, {
    notices: (notices) => void rpc.notices.asEvent(notices),
    clock: (state) => void rpc.clock.asEvent(state),
    failure: (message) => void rpc.failure.asEvent(message),
  });

  // Without a prototype: a message can name the functions listed here and nothing else.
  const functions: Record<string, (...args: never[]) => unknown> = Object.create(null);
  for (const name of [...KICKING, ...QUIET]) {
    const method = session[name].bind(session) as (...args: unknown[]) => unknown;
    const kicks = (KICKING as readonly string[]).includes(name);
    functions[name] = (...args: unknown[]) => {
      const result = method(...args);
      if (REPLACING.includes(name)) pacer.resynchronise();
      if (kicks) pacer.kick();
      return result;
    };
  }
  functions.clock = () => pacer.state();
  functions.play = () => pacer.play();
  functions.pause = () => pacer.pause();
  functions.step = () => pacer.step();
  functions.setSpeed = (speed: number) => pacer.setSpeed(speed);

  const rpc = createBirpc<WindowFunctions, EngineFunctions>(
    functions as unknown as EngineFunctions,
    {
      post: (message) => channel.post(message),
      on: (listener) => channel.onMessage(listener),
    },
  );
  return pacer;
}

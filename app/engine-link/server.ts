/** The engine's end of the link: runs in a Web Worker or in Electron's utility process. */
import { createBirpc } from "birpc";
import type { Notice, Session } from "../../engine/session.ts";
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
  "followPackets",
  "stopFollowing",
  "followed",
  "journey",
] as const;

/** Methods that put another lab, with another clock, in place of the open one. */
const REPLACING: readonly string[] = ["open", "newLab", "openTemplate"];

/** What a host's engine process does beside the session. */
export interface EngineService {
  /** The window may call these too. */
  readonly functions: Readonly<Record<string, (...args: never[]) => unknown>>;
  notices(notices: readonly Notice[]): void;
  /** Another lab is open. */
  labReplaced(): void;
}

export function serveEngine(
  session: Session,
  channel: Channel,
  time: RealTime,
  makeService?: (pacer: SessionPacer) => EngineService,
): SessionPacer {
  const pacer: SessionPacer = new SessionPacer(session, time, {
    notices: (notices) => {
      service?.notices(notices);
      void rpc.notices.asEvent(notices);
    },
    clock: (state) => void rpc.clock.asEvent(state),
    failure: (message) => void rpc.failure.asEvent(message),
  });

  const service = makeService?.(pacer);

  // Without a prototype: a message can name the functions listed here and nothing else.
  const functions: Record<string, (...args: never[]) => unknown> = Object.create(null);
  for (const name of [...KICKING, ...QUIET]) {
    const method = session[name].bind(session) as (...args: unknown[]) => unknown;
    const kicks = (KICKING as readonly string[]).includes(name);
    functions[name] = (...args: unknown[]) => {
      const result = method(...args);
      if (REPLACING.includes(name)) {
        pacer.resynchronise();
        service?.labReplaced();
      }
      if (kicks) pacer.kick();
      return result;
    };
  }
  for (const [name, serve] of Object.entries(service?.functions ?? {})) functions[name] = serve;
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

/** Where the socket of a machine's engine is put, so that nobody but its user can open it. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { connect } from "node:net";

/** What is wrong with a path that a socket was to be put at. */
export class SocketPathError extends Error {}

/** A path of our own, in a folder that only this user can enter. */
export function freshSocketPath(machine: string): string {
  const base = process.env.XDG_RUNTIME_DIR ?? tmpdir();
  return join(mkdtempSync(join(base, "podwire-")), `${machine}.sock`);
}

/** Makes the folder if there is none, and removes a socket that nobody listens on. Throws SocketPathError. */
export async function prepareSocketPath(given: string): Promise<string> {
  const path = resolve(given);
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(folder);
  if ((mode & 0o077) !== 0 || (process.getuid && uid !== process.getuid())) {
    throw new SocketPathError(
      `${folder} can be entered by others: a socket gives its holder the whole machine. ` +
        "Choose a folder of mode 700, or one that does not exist yet",
    );
  }
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return path;
  if (!found.isSocket()) throw new SocketPathError(`${path} exists and is no socket`);
  if (await answers(path)) throw new SocketPathError(`somebody listens on ${path} already`);
  rmSync(path);
  return path;
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

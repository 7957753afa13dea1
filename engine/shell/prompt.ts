/** Prompts: the backslash escapes of PS1 and its sisters, then expansion. */
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { ExpansionError } from "./control-flow.ts";
import { expandQuotedText } from "./expansion/word.ts";
import type { Shell } from "./shell.ts";
import { formatTime } from "./strftime.ts";

/** Around text that takes no room on the screen: `\[` and `\]`, as readline marks them. */
const INVISIBLE_START = "\x01";
const INVISIBLE_END = "\x02";

export function* expandPrompt(shell: Shell, prompt: string): Blocking<string> {
  const decoded = prompt.includes("\\") ? decodeEscapes(shell, prompt) : prompt;
  if (shell.options.shell("promptvars") === false) return decoded;
  const { status, substitutionStatus } = shell;
  try {
    return yield* expandQuotedText(shell, decoded);
  } catch (error) {
    if (error instanceof ExpansionError) return decoded;
    throw error;
  } finally {
    shell.status = status;
    shell.substitutionStatus = substitutionStatus;
  }
}

const ESCAPE = /\\(?:([0-7]{3})|D\{([^}]*)\}|([\s\S]))/g;

function decodeEscapes(shell: Shell, prompt: string): string {
  if (!shell.hasEditor) return prompt;
  return prompt.replace(ESCAPE, (all, octal?: string, time?: string, letter?: string) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 127);
    if (time !== undefined) return formatTime(shell.sys.realtimeSeconds(), time || "%H:%M:%S");
    return escapeValue(shell, letter as string) ?? all;
  });
}

function escapeValue(shell: Shell, letter: string): string | undefined {
  const { sys } = shell;
  const now = (format: string): string => formatTime(sys.realtimeSeconds(), format);
  switch (letter) {
    case "u":
      return userName(shell);
    case "h":
      return sys.hostname().split(".")[0];
    case "H":
      return sys.hostname();
    case "w":
      return protect(abbreviateHome(shell));
    case "W": {
      const path = abbreviateHome(shell);
      return protect(path === "/" || path === "~" ? path : path.slice(path.lastIndexOf("/") + 1));
    }
    case "$":
      // Escaped, or the expansion that follows would take it.
      return sys.uid === 0 ? "#" : "\\$";
    case "t":
      return now("%H:%M:%S");
    case "T":
      return now("%I:%M:%S");
    case "@":
      return now("%I:%M %p");
    case "A":
      return now("%H:%M");
    case "d":
      return now("%a %b %d");
    case "s":
      return shell.name.replace(/^-/, "").replace(/.*\//, "");
    case "v":
      return "5.2";
    case "V":
      return "5.2.15";
    case "j":
      return String(shell.jobs.all.length);
    case "l":
      return terminalName(shell);
    case "!":
      return String((shell.history?.lastNumber ?? 0) + 1);
    case "#":
      return String(shell.commandNumber);
    case "n":
      return "\n";
    case "r":
      return "\r";
    case "a":
      return "\x07";
    case "e":
      return "\x1b";
    case "[":
      return INVISIBLE_START;
    case "]":
      return INVISIBLE_END;
    case "\\":
      return "\\\\";
    default:
      return undefined;
  }
}

/** A directory's name may hold characters that the expansion after the escapes would take. */
function protect(path: string): string {
  return path.replace(/[\\$`]/g, "\\$&");
}

function userName(shell: Shell): string {
  const { uid } = shell.sys;
  try {
    const passwd = shell.sys.readTextFile("/etc/passwd").split("\n");
    const entry = passwd.map((line) => line.split(":")).find((fields) => fields[2] === String(uid));
    if (entry?.[0]) return entry[0];
  } catch {
    // Without the file the kernel's number has to do.
  }
  return uid === 0 ? "root" : `I have no name!`;
}

function abbreviateHome(shell: Shell): string {
  const home = shell.variables.value("HOME");
  const cwd = shell.variables.value("PWD") ?? shell.cwd;
  if (!home || home === "/") return cwd;
  if (cwd === home) return "~";
  return cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd;
}

function terminalName(shell: Shell): string {
  try {
    return shell.sys.ttyname(0).replace(/^\/dev\//, "");
  } catch {
    return "tty";
  }
}

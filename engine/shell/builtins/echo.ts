/** echo: bash's with `-neE`, dash's with escapes always on. */
import { joinEscapedBytes } from "../bytes.ts";
import { print, type Builtin } from "./builtin.ts";
import { decodeEchoEscapes } from "./escapes.ts";

export const echo: Builtin = {
  name: "echo",
  posix: true,
  synopsis: "[-neE] [arg ...]",
  summary: "Write arguments to the standard output.",
  *run(call) {
    const { shell } = call;
    let newline = true;
    let escapes = !shell.isBash || (shell.options.shell("xpg_echo") ?? false);
    let at = 0;
    const options = shell.isBash ? /^-[neE]+$/ : /^-n$/;
    for (; options.test(call.args[at] ?? ""); at++) {
      for (const letter of (call.args[at] as string).slice(1)) {
        if (letter === "n") newline = false;
        else escapes = letter === "e";
      }
      if (!shell.isBash) {
        at += 1;
        break;
      }
    }
    let text = call.args.slice(at).join(" ");
    if (escapes) {
      const decoded = decodeEchoEscapes(text);
      text = joinEscapedBytes(decoded.text);
      if (decoded.stopped) newline = false;
    }
    yield* print(call, newline ? `${text}\n` : text);
    return 0;
  },
};

import { encodeBase64 } from "../../sim/base64.ts";
import { stringToBytes } from "../support/bytes.ts";
import { readText } from "../support/input.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export const base64 = defineTool({
  name: "base64",
  package: "coreutils",
  summary: "base64 encode/decode data and print to standard output",
  usage: ["[OPTION]... [FILE]"],
  description: "Base64 encode or decode FILE, or standard input, to standard output.",
  options: [
    ["-d, --decode", "decode data"],
    ["-i, --ignore-garbage", "when decoding, ignore non-alphabet characters"],
    ["-w, --wrap=COLS", "wrap encoded lines after COLS character (default 76); 0: never"],
  ],
  *run(tool, args) {
    const [path = "-", extra] = args.operands;
    if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
    const wrap = args.value("w") ?? "76";
    if (!/^\d+$/.test(wrap)) throw tool.fail(`invalid wrap size: ${quoteText(wrap)}`);
    let text: string;
    try {
      text = yield* readText(tool.sys, path === "-" ? 0 : tool.sys.open(path, { read: true }));
    } catch (error) {
      throw tool.fail(`${quoteIfNeeded(path)}: ${reason(error)}`);
    }
    if (!args.has("d")) {
      const encoded = encodeBase64(stringToBytes(text));
      const columns = Number(wrap);
      const lines =
        columns === 0
          ? encoded
          : encoded.replace(new RegExp(`.{${Math.min(columns, 65535)}}(?=.)`, "g"), "$&\n");
      yield* tool.out.write(encoded === "" ? "" : lines + (columns === 0 ? "" : "\n"));
      return;
    }
    const clean = args.has("i") ? text.replace(/[^A-Za-z0-9+/=]/g, "") : text.replaceAll("\n", "");
    const valid =
      /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(clean)?.[0] ?? "";
    const rest = clean.slice(valid.length);
    yield* tool.out.write(decode(valid) + decode(/^[A-Za-z0-9+/]*/.exec(rest)?.[0] ?? ""));
    if (rest !== "") throw tool.fail("invalid input");
  },
});

function decode(text: string): string {
  let out = "";
  let bits = 0;
  let count = 0;
  for (const char of text) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += String.fromCharCode((bits >> count) & 255);
    }
  }
  return out;
}

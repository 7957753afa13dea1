import type { Program } from "../../kernel/process/program.ts";
import type { Termios } from "../../kernel/process/sys.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { reason, runTool, Tool } from "../support/tool.ts";

const SANE: Termios = {
  canonical: true,
  echo: true,
  signals: true,
  outputNewlines: true,
  inputNewlines: true,
};
const RAW: Partial<Termios> = {
  canonical: false,
  signals: false,
  outputNewlines: false,
  inputNewlines: false,
};

/** The word, and the part of termios(3) that it sets; a `-` before it clears that. */
const SETTINGS: Record<string, keyof Termios> = {
  echo: "echo",
  icanon: "canonical",
  isig: "signals",
  icrnl: "inputNewlines",
  opost: "outputNewlines",
  onlcr: "outputNewlines",
};

const COMBINED: Record<string, Partial<Termios>> = {
  sane: SANE,
  raw: RAW,
  "-raw": { canonical: true, signals: true, outputNewlines: true, inputNewlines: true },
  cooked: { canonical: true, signals: true, outputNewlines: true, inputNewlines: true },
  "-cooked": RAW,
  cbreak: { canonical: false },
  "-cbreak": { canonical: true },
};

export const stty: Program = {
  name: "stty",
  package: "coreutils",
  docs: {
    summary: "change and print terminal line settings",
    synopsis: "stty [-F DEVICE] [SETTING]...\nstty [-a|-g|size|speed]",
    options: [
      ["-a, --all", "print all current settings in human-readable form"],
      ["size", "print the number of rows and columns"],
      ["speed", "print the terminal speed"],
      ["[-]echo, [-]icanon, [-]isig, [-]icrnl, [-]opost, [-]onlcr", "line settings"],
      ["sane, raw, -raw, cooked, cbreak, -cbreak", "combinations"],
    ],
    limitations: ["Speed, control characters and the settings not listed cannot be changed."],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, argv[0] ?? "stty"), function* (tool) {
      const words = argv.slice(1);
      let termios: Termios;
      try {
        termios = sys.tcgetattr(0);
      } catch (error) {
        throw tool.fail(`${quoteName("standard input")}: ${reason(error)}`);
      }
      const { rows, columns } = sys.windowSize(0);
      const all = words.includes("-a") || words.includes("--all");
      if (words.length === 0) {
        const differences = differs(termios);
        yield* tool.print(
          `speed 38400 baud; line = 0;\n${differences === "" ? "" : `${differences}\n`}`,
        );
        return;
      }
      if (all) {
        yield* tool.print(allSettings(termios, rows, columns));
        return;
      }
      for (const word of words) {
        if (word === "size") yield* tool.print(`${rows} ${columns}\n`);
        else if (word === "speed") yield* tool.print("38400\n");
        else termios = { ...termios, ...setting(tool, word) };
      }
      sys.tcsetattr(0, termios);
    });
  },
};

function setting(tool: Tool, word: string): Partial<Termios> {
  const combined = COMBINED[word];
  if (combined) return combined;
  const off = word.startsWith("-");
  const name = SETTINGS[off ? word.slice(1) : word];
  if (name) return { [name]: !off };
  if (/^-?[a-z]+$/.test(word)) throw tool.refuse(`the setting '${word}'`);
  throw tool.usage(`invalid argument ${quoteText(word)}`);
}

function flag(on: boolean, name: string): string {
  return `${on ? "" : "-"}${name}`;
}

function differs(termios: Termios): string {
  const parts: string[] = [];
  if (!termios.inputNewlines) parts.push("-icrnl");
  if (!termios.outputNewlines) parts.push("-opost");
  if (!termios.signals) parts.push("-isig");
  if (!termios.canonical) parts.push("-icanon");
  if (!termios.echo) parts.push("-echo");
  return parts.join(" ");
}

/** What the terminal of a fresh login shows, with the modelled flags as they are. */
function allSettings(t: Termios, rows: number, columns: number): string {
  return `speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr ${flag(t.inputNewlines, "icrnl")} ixon -ixoff
-iuclc -ixany -imaxbel -iutf8
${flag(t.outputNewlines, "opost")} -olcuc -ocrnl ${flag(t.outputNewlines, "onlcr")} -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
${flag(t.signals, "isig")} ${flag(t.canonical, "icanon")} iexten ${flag(t.echo, "echo")} echoe echok -echonl -noflsh -xcase -tostop -echoprt
echoctl echoke -flusho -extproc
`;
}

import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Program } from "../../kernel/process/program.ts";
import { isErrno } from "../support/command.ts";
import { baseName, joinPath } from "../support/paths.ts";
import { quoteText } from "../support/quote.ts";
import { reason, runTool, Tool } from "../support/tool.ts";
import type { Expression } from "./expression.ts";
import { expressionStart, parseExpression } from "./parse.ts";
import type { WalkState } from "./walk-state.ts";

const HELP = `Usage: find [-H] [-L] [-P] [path...] [expression]

Default path is the current directory; default expression is -print.
Operators: ( EXPR )   ! EXPR   -not EXPR   EXPR1 -a EXPR2   EXPR1 -o EXPR2   EXPR1 , EXPR2
Options: -daystart -depth -maxdepth LEVELS -mindepth LEVELS
Tests: -name -iname -path -ipath -regex -iregex PATTERN -type -xtype [fdlpsc] -size N[bckwMG]
      -empty -mtime -mmin N -newer FILE -newermt DATE -samefile FILE -perm [-/]MODE -user -group
      NAME -uid -gid N -nouser -nogroup -links -inum N -lname PATTERN -readable -writable
      -executable -true -false
Actions: -print -print0 -printf FORMAT -fprint FILE -ls -prune -quit -delete
      -exec COMMAND ; -exec COMMAND {} + -execdir COMMAND ; -ok COMMAND ;
`;

export const find: Program = {
  name: "find",
  package: "findutils",
  docs: {
    summary: "search for files in a directory hierarchy",
    synopsis: "find [-H] [-L] [-P] [starting-point...] [expression]",
    options: [
      [
        "-name PATTERN, -iname, -path, -ipath, -regex, -iregex",
        "the name or the whole path matches",
      ],
      ["-type [fdlpsc], -xtype", "the kind of file"],
      ["-size N[bckwMG], -empty, -links N, -inum N, -samefile FILE", "size, links and identity"],
      ["-mtime N, -mmin N, -newer FILE, -newermt DATE", "time of the last change"],
      ["-perm MODE, -user NAME, -group NAME, -uid N, -gid N, -nouser, -nogroup", "mode and owners"],
      ["-readable, -writable, -executable", "what this process may do"],
      ["-maxdepth N, -mindepth N, -depth, -daystart", "how to walk"],
      ["-print, -print0, -printf FORMAT, -fprint FILE, -ls", "say what was found"],
      ["-exec COMMAND ;, -exec COMMAND {} +, -execdir, -ok, -delete", "do something with it"],
      ["-prune, -quit", "go no deeper; stop"],
      ["( ), !, -not, -a, -o, comma", "operators"],
    ],
    examples: ["find /etc -name '*.conf'", "find . -type f -mtime -1 -exec ls -l {} +"],
    limitations: [
      "Access and change times are not kept, so -atime, -ctime and their kin are not modelled.",
      "-regex takes the emacs syntax as far as it is that of POSIX.",
    ],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, argv[0] ?? "find"), function* (tool) {
      let follow = false;
      let at = 1;
      for (; /^-[HLP]$/.test(argv[at] ?? ""); at++)
        follow = argv[at] !== "-P" && (follow || argv[at] === "-L");
      const words = argv.slice(at);
      if (words.includes("-version") || words.includes("--version")) {
        yield* tool.print("find (GNU findutils) 4.9.0\n");
        return;
      }
      if (words.includes("-help") || words.includes("--help")) {
        yield* tool.print(HELP);
        return;
      }
      const start = expressionStart(words);
      const paths = words.slice(0, start).filter((word) => word !== "--");
      const state: WalkState = { pruned: false, quit: false };
      const expression = parseExpression(words.slice(start), { tool, state, follow });
      const walker = new Walker(tool, expression, state, follow);
      for (const path of paths.length === 0 ? ["."] : paths) {
        yield* walker.start(path);
        if (state.quit) break;
      }
      for (const action of expression.finishers) if (action.finish) yield* action.finish();
    });
  },
};

class Walker {
  constructor(
    private readonly tool: Tool,
    private readonly expression: Expression,
    private readonly state: WalkState,
    private readonly follow: boolean,
  ) {}

  *start(path: string): Blocking<void> {
    yield* this.visit(path, path, 0, []);
  }

  private stat(path: string): Stat {
    if (this.follow) {
      try {
        return this.tool.sys.stat(path);
      } catch (error) {
        if (!isErrno(error, "ENOENT", "ELOOP")) throw error;
      }
    }
    return this.tool.sys.stat(path, { followLinks: false });
  }

  private *visit(
    path: string,
    root: string,
    depth: number,
    parents: readonly string[],
  ): Blocking<void> {
    const { expression, state, tool } = this;
    let stat: Stat;
    try {
      stat = this.stat(path);
    } catch (error) {
      yield* tool.warn(`${quoteText(path)}: ${reason(error)}`);
      return;
    }
    // Only a followed link can lead back up.
    const real = this.follow && stat.kind === "directory" ? tool.sys.realpath(path) : "";
    if (real !== "" && parents.includes(real)) {
      yield* tool.warn(
        `File system loop detected; ${quoteText(path)} is part of the same file system loop`,
      );
      return;
    }
    const visit = { path, name: baseName(path), root, depth, stat };
    const wanted = depth >= expression.minDepth;
    state.pruned = false;
    if (wanted && !expression.depthFirst) {
      yield* expression.root.test(visit);
      if (state.quit) return;
    }
    const enters =
      stat.kind === "directory" &&
      depth < expression.maxDepth &&
      !(state.pruned && !expression.depthFirst);
    if (enters) {
      let names: readonly string[] = [];
      try {
        names = tool.sys.readdir(path);
      } catch (error) {
        yield* tool.warn(`${quoteText(path)}: ${reason(error)}`);
      }
      for (const name of names) {
        yield* this.visit(joinPath(path, name), root, depth + 1, [...parents, real]);
        if (state.quit) return;
      }
    }
    if (wanted && expression.depthFirst) yield* expression.root.test(visit);
  }
}

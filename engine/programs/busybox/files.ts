/** Applets for files and text, which print what the Debian tools print. */
import { basename } from "../coreutils/basename.ts";
import { cat } from "../coreutils/cat.ts";
import { chmod } from "../coreutils/chmod.ts";
import { cp } from "../coreutils/cp.ts";
import { cut } from "../coreutils/cut.ts";
import { dirname } from "../coreutils/dirname.ts";
import { echo } from "../coreutils/echo.ts";
import { env } from "../coreutils/env.ts";
import { falseProgram } from "../coreutils/false.ts";
import { head } from "../coreutils/head.ts";
import { mkdir } from "../coreutils/mkdir.ts";
import { mv } from "../coreutils/mv.ts";
import { printenv } from "../coreutils/printenv.ts";
import { pwd } from "../coreutils/pwd.ts";
import { readlink } from "../coreutils/readlink.ts";
import { rm } from "../coreutils/rm.ts";
import { rmdir } from "../coreutils/rmdir.ts";
import { seq } from "../coreutils/seq.ts";
import { sleep } from "../coreutils/sleep.ts";
import { sort } from "../coreutils/sort.ts";
import { tail } from "../coreutils/tail.ts";
import { tee } from "../coreutils/tee.ts";
import { touch } from "../coreutils/touch.ts";
import { tr } from "../coreutils/tr.ts";
import { trueProgram } from "../coreutils/true.ts";
import { uname } from "../coreutils/uname.ts";
import { uniq } from "../coreutils/uniq.ts";
import { wc } from "../coreutils/wc.ts";
import { whoami } from "../coreutils/whoami.ts";
import { borrow, type Applet, type Rewrite } from "./applet.ts";

const USR = "/usr/bin";

const CANNOT_OPEN: Rewrite = [
  [
    /^(\w+): (?:cannot open )?'?([^':]*)'?(?: for reading)?: (No such file .*|Permission .*)/,
    "$1: can't open '$2': $3",
  ],
];

const PLAIN_NAME: Rewrite = [
  [/^(\w+): (?:cannot (?:open|touch) )?'([^']*)'(?: for reading)?: /, "$1: $2: "],
];

export const FILE_APPLETS: readonly Applet[] = [
  borrow(basename, { directory: USR }),
  borrow(cat, {
    options: "nbveA",
    errors: [[/^cat: .*: Is a directory/, "cat: read error: Is a directory"], ...CANNOT_OPEN],
  }),
  borrow(chmod, { options: "R", errors: [[/^chmod: cannot access '([^']*)': /, "chmod: $1: "]] }),
  borrow(cp, { options: "arpf", errors: [[/^cp: cannot stat /, "cp: can't stat "]] }),
  borrow(cut, { options: "bcdfs", directory: USR, errors: PLAIN_NAME }),
  borrow(dirname, { directory: USR }),
  borrow(echo, { options: "ne" }),
  borrow(env, {
    keepsStatus: true,
    options: "iu",
    directory: USR,
    errors: [[/^env: '([^']*)': /, "env: can't execute '$1': "]],
  }),
  borrow(falseProgram),
  borrow(head, { options: "ncq#", directory: USR, errors: PLAIN_NAME }),
  borrow(mkdir, {
    options: "mp",
    errors: [[/^mkdir: cannot create directory /, "mkdir: can't create directory "]],
  }),
  borrow(mv, { options: "f", errors: [[/^mv: cannot stat /, "mv: can't rename "]] }),
  borrow(printenv),
  borrow(pwd),
  borrow(readlink, { options: "fn", directory: USR }),
  borrow(rm, {
    options: "rRf",
    errors: [
      [/^rm: cannot remove ('[^']*'): Is a directory/, "rm: $1 is a directory"],
      [/^rm: cannot remove /, "rm: can't remove "],
    ],
  }),
  borrow(rmdir, { options: "p", errors: [[/^rmdir: failed to remove /, "rmdir: "]] }),
  borrow(seq, { options: "ws#", directory: USR }),
  borrow(sleep, {
    errors: [[/^sleep: invalid time interval ('[^']*')[^]*/, "sleep: invalid number $1\n"]],
  }),
  borrow(sort, { options: "nrukt", directory: USR, errors: PLAIN_NAME }),
  borrow(tail, { options: "ncf#", directory: USR, errors: CANNOT_OPEN }),
  borrow(tee, { options: "a", directory: USR, errors: PLAIN_NAME }),
  borrow(touch, { options: "c", errors: PLAIN_NAME }),
  borrow(tr, { options: "cds", directory: USR }),
  borrow(trueProgram),
  borrow(uname, { options: "amnrspv" }),
  borrow(uniq, { options: "cdu", directory: USR, errors: PLAIN_NAME }),
  borrow(wc, { options: "clw", directory: USR, errors: PLAIN_NAME }),
  borrow(whoami, { directory: USR }),
];

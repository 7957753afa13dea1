/** Applets that print what the Debian tools of the same name print. */
import { base64 } from "../coreutils/base64.ts";
import { chown } from "../coreutils/chown.ts";
import { comm } from "../coreutils/comm.ts";
import { date } from "../coreutils/date.ts";
import { du } from "../coreutils/du.ts";
import { expr } from "../coreutils/expr.ts";
import { fold } from "../coreutils/fold.ts";
import { ln } from "../coreutils/ln.ts";
import { mktemp } from "../coreutils/mktemp.ts";
import { nl } from "../coreutils/nl.ts";
import { nohup } from "../coreutils/nohup.ts";
import { nproc } from "../coreutils/nproc.ts";
import { paste } from "../coreutils/paste.ts";
import { printf } from "../coreutils/printf.ts";
import { realpath } from "../coreutils/realpath.ts";
import { sync } from "../coreutils/sync.ts";
import { tac } from "../coreutils/tac.ts";
import { test as testProgram } from "../coreutils/test.ts";
import { timeout } from "../coreutils/timeout.ts";
import { truncate } from "../coreutils/truncate.ts";
import { tty } from "../coreutils/tty.ts";
import { yes } from "../coreutils/yes.ts";
import { which } from "../debianutils/which.ts";
import { cmp } from "../diffutils/cmp.ts";
import { find } from "../findutils/find.ts";
import { xargs } from "../findutils/xargs.ts";
import { egrep, fgrep, grep } from "../grep/grep.ts";
import { awk } from "../mawk/awk.ts";
import { clear } from "../ncurses-bin/clear.ts";
import { kill } from "../procps/kill.ts";
import { sysctl } from "../procps/sysctl.ts";
import { uptime } from "../procps/uptime.ts";
import { killall } from "../psmisc/killall.ts";
import { sed } from "../sed/sed.ts";
import { pidof } from "../sysvinit-utils/pidof.ts";
import { dmesg } from "../util-linux/dmesg.ts";
import { borrow, type Applet } from "./applet.ts";

const USR = "/usr/bin";

export const TEXT_APPLETS: readonly Applet[] = [
  borrow(awk, { options: "vFf", directory: USR, keepsStatus: true }),
  borrow(base64, { options: "dw" }),
  borrow(chown, { options: "Rh" }),
  borrow(clear, { directory: USR }),
  borrow(cmp, { options: "sl", directory: USR, keepsStatus: true }),
  borrow(comm, { options: "123", directory: USR }),
  borrow(date, { options: "urdIR" }),
  borrow(dmesg, { options: "" }),
  borrow(du, { options: "shka", directory: USR }),
  borrow(expr, { directory: USR, keepsStatus: true }),
  borrow(fold, { options: "sw", directory: USR }),
  borrow(egrep, { options: "HhnlLoqvsrRiwxmABCec", keepsStatus: true }),
  borrow(fgrep, { options: "HhnlLoqvsrRiwxmABCec", keepsStatus: true }),
  borrow(find, { options: "namexectypodprisuxgv!(", directory: USR }),
  borrow(grep, { options: "HhnlLoqvsrRiwxFEmABCec#", keepsStatus: true }),
  borrow(kill, {
    options: "lsABCDEFGHIJKLMNOPQRSTUVWXYZ#",
    errors: [[/^kill: \((\d+)\) - (.*)/, "kill: can't kill pid $1: $2"]],
  }),
  borrow(killall, { options: "ql", directory: USR }),
  borrow(ln, { options: "sfn" }),
  borrow(mktemp, { options: "dtpqu" }),
  borrow(nl, { options: "b", directory: USR }),
  borrow(nohup, { directory: USR, keepsStatus: true }),
  borrow(nproc, { directory: USR }),
  borrow(paste, { options: "ds", directory: USR }),
  borrow(pidof, { options: "so", directory: "/bin" }),
  borrow(printf, { directory: USR }),
  borrow(realpath, { directory: USR }),
  borrow(sed, { options: "inrEesf" }),
  borrow(sync),
  borrow(sysctl, { options: "nwapqe", directory: "/sbin" }),
  borrow(tac, { directory: USR }),
  borrow(testProgram, { keepsStatus: true, options: "aAbBcCdDefGghkLnNoOprsStuwxz" }),
  borrow(timeout, { options: "sk", directory: USR, keepsStatus: true }),
  borrow(truncate, { options: "cs", directory: USR }),
  borrow(tty, { options: "s", directory: USR }),
  borrow(uptime, { directory: USR }),
  borrow(which, { options: "a", directory: USR }),
  borrow(xargs, { options: "0rtnIsEeP", directory: USR, keepsStatus: true }),
  borrow(yes, { directory: USR }),
];

import type { Program } from "../../kernel/process/program.ts";
import { arch } from "./arch.ts";
import { base64 } from "./base64.ts";
import { basename } from "./basename.ts";
import { cat } from "./cat.ts";
import { chmod } from "./chmod.ts";
import { chown, chgrp } from "./chown.ts";
import { cksum } from "./cksum.ts";
import { comm } from "./comm.ts";
import { cp } from "./cp.ts";
import { cut } from "./cut.ts";
import { date } from "./date.ts";
import { dd } from "./dd.ts";
import { df } from "./df.ts";
import { md5sum, sha1sum, sha256sum } from "./digest-sums.ts";
import { dirname } from "./dirname.ts";
import { du } from "./du.ts";
import { echo } from "./echo.ts";
import { env } from "./env.ts";
import { expand, unexpand } from "./expand.ts";
import { expr } from "./expr.ts";
import { factor } from "./factor.ts";
import { falseProgram } from "./false.ts";
import { fold } from "./fold.ts";
import { groups } from "./groups.ts";
import { head } from "./head.ts";
import { hostid } from "./hostid.ts";
import { id } from "./id.ts";
import { install } from "./install.ts";
import { join } from "./join.ts";
import { ln } from "./ln.ts";
import { logname } from "./logname.ts";
import { ls } from "./ls.ts";
import { mkdir } from "./mkdir.ts";
import { mkfifo } from "./mkfifo.ts";
import { mktemp } from "./mktemp.ts";
import { mv } from "./mv.ts";
import { nice } from "./nice.ts";
import { nl } from "./nl.ts";
import { nohup } from "./nohup.ts";
import { nproc } from "./nproc.ts";
import { od } from "./od.ts";
import { paste } from "./paste.ts";
import { printenv } from "./printenv.ts";
import { printf } from "./printf.ts";
import { pwd } from "./pwd.ts";
import { readlink } from "./readlink.ts";
import { realpath } from "./realpath.ts";
import { rm } from "./rm.ts";
import { rmdir } from "./rmdir.ts";
import { seq } from "./seq.ts";
import { shuf } from "./shuf.ts";
import { sleep } from "./sleep.ts";
import { sort } from "./sort.ts";
import { split } from "./split.ts";
import { stat } from "./stat.ts";
import { stdbuf } from "./stdbuf.ts";
import { stty } from "./stty.ts";
import { sync } from "./sync.ts";
import { tac } from "./tac.ts";
import { tail } from "./tail.ts";
import { tee } from "./tee.ts";
import { test, bracket } from "./test.ts";
import { timeout } from "./timeout.ts";
import { touch } from "./touch.ts";
import { tr } from "./tr.ts";
import { trueProgram } from "./true.ts";
import { truncate } from "./truncate.ts";
import { tty } from "./tty.ts";
import { uname } from "./uname.ts";
import { uniq } from "./uniq.ts";
import { users } from "./users.ts";
import { wc } from "./wc.ts";
import { who } from "./who.ts";
import { whoami } from "./whoami.ts";
import { yes } from "./yes.ts";

export const COREUTILS: readonly Program[] = [
  arch,
  base64,
  basename,
  cat,
  chmod,
  chown,
  chgrp,
  cksum,
  comm,
  cp,
  cut,
  date,
  dd,
  df,
  md5sum,
  sha1sum,
  sha256sum,
  dirname,
  du,
  echo,
  env,
  expand,
  unexpand,
  expr,
  factor,
  falseProgram,
  fold,
  groups,
  head,
  hostid,
  id,
  install,
  join,
  ln,
  logname,
  ls,
  mkdir,
  mkfifo,
  mktemp,
  mv,
  nice,
  nl,
  nohup,
  nproc,
  od,
  paste,
  printenv,
  printf,
  pwd,
  readlink,
  realpath,
  rm,
  rmdir,
  seq,
  shuf,
  sleep,
  sort,
  split,
  stat,
  stdbuf,
  stty,
  sync,
  tac,
  tail,
  tee,
  test,
  bracket,
  timeout,
  touch,
  tr,
  trueProgram,
  truncate,
  tty,
  uname,
  uniq,
  users,
  wc,
  who,
  whoami,
  yes,
];

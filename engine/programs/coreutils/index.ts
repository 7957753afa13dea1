import type { Program } from "../../kernel/process/program.ts";
import { arch } from "./arch.ts";
import { basename } from "./basename.ts";
import { cat } from "./cat.ts";
import { chmod } from "./chmod.ts";
import { chown, chgrp } from "./chown.ts";
import { cp } from "./cp.ts";
import { cut } from "./cut.ts";
import { date } from "./date.ts";
import { dirname } from "./dirname.ts";
import { echo } from "./echo.ts";
import { env } from "./env.ts";
import { falseProgram } from "./false.ts";
import { groups } from "./groups.ts";
import { head } from "./head.ts";
import { id } from "./id.ts";
import { ln } from "./ln.ts";
import { ls } from "./ls.ts";
import { mkdir } from "./mkdir.ts";
import { mv } from "./mv.ts";
import { nohup } from "./nohup.ts";
import { nproc } from "./nproc.ts";
import { printenv } from "./printenv.ts";
import { printf } from "./printf.ts";
import { pwd } from "./pwd.ts";
import { readlink } from "./readlink.ts";
import { realpath } from "./realpath.ts";
import { rm } from "./rm.ts";
import { rmdir } from "./rmdir.ts";
import { seq } from "./seq.ts";
import { sleep } from "./sleep.ts";
import { sort } from "./sort.ts";
import { tail } from "./tail.ts";
import { tee } from "./tee.ts";
import { timeout } from "./timeout.ts";
import { touch } from "./touch.ts";
import { tr } from "./tr.ts";
import { trueProgram } from "./true.ts";
import { uname } from "./uname.ts";
import { uniq } from "./uniq.ts";
import { wc } from "./wc.ts";
import { whoami } from "./whoami.ts";
import { yes } from "./yes.ts";

export const COREUTILS: readonly Program[] = [
  arch,
  basename,
  cat,
  chmod,
  chown,
  chgrp,
  cp,
  cut,
  date,
  dirname,
  echo,
  env,
  falseProgram,
  groups,
  head,
  id,
  ln,
  ls,
  mkdir,
  mv,
  nohup,
  nproc,
  printenv,
  printf,
  pwd,
  readlink,
  realpath,
  rm,
  rmdir,
  seq,
  sleep,
  sort,
  tail,
  tee,
  timeout,
  touch,
  tr,
  trueProgram,
  uname,
  uniq,
  wc,
  whoami,
  yes,
];

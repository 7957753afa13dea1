import type { Program } from "../../kernel/process/program.ts";
import { column } from "./column.ts";
import { dmesg } from "./dmesg.ts";
import { hexdump } from "./hexdump.ts";
import { lsns } from "./lsns.ts";
import { more } from "./more.ts";
import { mount } from "./mount.ts";
import { nsenter } from "./nsenter.ts";
import { renice } from "./renice.ts";
import { rev } from "./rev.ts";
import { setpriv } from "./setpriv.ts";
import { runuser, su } from "./su.ts";
import { umount } from "./umount.ts";
import { unshare } from "./unshare.ts";

export const UTIL_LINUX: readonly Program[] = [
  column,
  dmesg,
  hexdump,
  lsns,
  more,
  mount,
  nsenter,
  renice,
  rev,
  runuser,
  setpriv,
  su,
  umount,
  unshare,
];

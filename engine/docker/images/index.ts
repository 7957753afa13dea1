/** The emulated registry: every image that can be pulled, one line each. */
import { agnhost } from "./agnhost.ts";
import { alpine } from "./alpine.ts";
import { busybox } from "./busybox.ts";
import { curl } from "./curl.ts";
import { debian } from "./debian.ts";
import { httpEcho } from "./http-echo.ts";
import { httpd } from "./httpd.ts";
import { netshoot } from "./netshoot.ts";
import { nginx } from "./nginx.ts";
import { pause } from "./pause.ts";
import { redis } from "./redis.ts";
import type { RegistryImage } from "./registry-image.ts";
import { ubuntu } from "./ubuntu.ts";
import { whoami } from "./whoami.ts";

export const REGISTRY: readonly RegistryImage[] = [
  agnhost,
  alpine,
  busybox,
  curl,
  debian,
  httpEcho,
  httpd,
  netshoot,
  nginx,
  pause,
  redis,
  ubuntu,
  whoami,
];

/** Units of the packages with a service, as they install them in /lib/systemd/system. */
import type { ServiceUnit } from "../machine/service.ts";

export const UNITS: readonly ServiceUnit[] = [
  {
    name: "nginx",
    description: "A high performance web server and a reverse proxy server",
    argv: ["/usr/sbin/nginx", "-g", "daemon off; master_process on;"],
    enabled: false,
  },
];

/** Units of the packages with a service, as they install them in /lib/systemd/system. */
import type { ServiceUnit } from "../machine/service.ts";

export const UNITS: readonly ServiceUnit[] = [
  {
    name: "nginx",
    description: "A high performance web server and a reverse proxy server",
    documentation: "man:nginx(8)",
    startPre: ["/usr/sbin/nginx", "-t", "-q", "-g", "daemon on; master_process on;"],
    argv: ["/usr/sbin/nginx", "-g", "daemon off; master_process on;"],
    enabled: false,
  },
];

/** The unit file of a service, systemd.service(5). */
export function unitFile(unit: ServiceUnit): string {
  const lines = [
    "[Unit]",
    `Description=${unit.description}`,
    ...(unit.documentation === undefined ? [] : [`Documentation=${unit.documentation}`]),
    "After=network-online.target",
    "",
    "[Service]",
    "Type=simple",
    ...Object.entries(unit.env ?? {}).map(([name, value]) => `Environment=${name}=${value}`),
    ...(unit.startPre ? [`ExecStartPre=${commandLine(unit.startPre)}`] : []),
    `ExecStart=${commandLine(unit.argv)}`,
    ...(unit.restart === undefined || unit.restart === "no" ? [] : [`Restart=${unit.restart}`]),
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ];
  return `${lines.join("\n")}\n`;
}

function commandLine(argv: readonly string[]): string {
  return argv.map((word) => (/[\s;]/.test(word) ? `'${word}'` : word)).join(" ");
}

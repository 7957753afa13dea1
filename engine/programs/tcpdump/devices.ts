import type { LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { TcpdumpError } from "./errors.ts";

/** A device to listen on, or all of them. */
export type CaptureDevice =
  { readonly kind: "any" } | { readonly kind: "device"; readonly link: LinkMessage };

/** The device that -i names, or without it the first that is up and not the loopback. */
export function findDevice(sys: Sys, name: string | undefined): CaptureDevice {
  if (name === "any") return { kind: "any" };
  const links = sys.rtnetlink.links();
  const byNumber =
    name !== undefined && /^\d+$/.test(name) ? inOrder(sys)[Number(name) - 1] : undefined;
  const link =
    name === undefined
      ? links.find((candidate) => candidate.flags.up && !candidate.flags.loopback)
      : (sys.rtnetlink.link(name) ?? byNumber);
  if (!link) {
    if (name === undefined) throw new TcpdumpError("no suitable device found");
    throw new TcpdumpError(`${name}: No such device exists\n(No such device exists)`);
  }
  if (!link.flags.up) throw new TcpdumpError(`${link.name}: That device is not up`);
  return { kind: "device", link };
}

/** -D */
export function listDevices(sys: Sys): string {
  const links = inOrder(sys);
  const ready = links.filter((link) => link.flags.up && link.flags.running && !link.flags.loopback);
  const loopback = links.filter((link) => link.flags.loopback);
  const others = links.filter((link) => !ready.includes(link) && !loopback.includes(link));
  const lines = [
    ...ready.map(deviceLine),
    "any (Pseudo-device that captures on all interfaces) [Up, Running]",
    ...loopback.map(deviceLine),
    ...others.map(deviceLine),
  ];
  return lines.map((line, index) => `${index + 1}.${line}\n`).join("");
}

function inOrder(sys: Sys): readonly LinkMessage[] {
  return sys.rtnetlink.links().toSorted((a, b) => a.ifindex - b.ifindex);
}

function deviceLine(link: LinkMessage): string {
  const { up, running, loopback } = link.flags;
  const marks = [
    up ? "Up" : "",
    up && running ? "Running" : "",
    loopback ? "Loopback" : "",
    loopback ? "" : running ? "Connected" : "Disconnected",
  ].filter((mark) => mark !== "");
  return `${link.name} [${marks.join(", ")}]`;
}

/** Redirections: what descriptors point to while a command runs, and putting them back. */
import type { Redirect, RedirectDescriptor, Redirection, Word } from "unbash";
import { KernelError, strerror } from "../kernel/errno.ts";
import type { OpenFlags } from "../kernel/process/sys.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { parseIpv4 } from "../net/address.ts";
import { encodeBytes } from "./bytes.ts";
import { expandHereDocument, expandToString, expandWords } from "./expansion/word.ts";
import type { Shell } from "./shell.ts";

/** Redirection refused; already reported. */
export class RedirectionError {
  constructor(readonly status: number) {}
}

type Saved =
  | { readonly fd: number; readonly copy: number }
  /** It was closed before. */
  | { readonly fd: number; readonly copy: undefined };

/** What to put back, the last change first. */
export class SavedDescriptors {
  private readonly saved: Saved[] = [];

  constructor(private readonly shell: Shell) {}

  save(fd: number): void {
    const { sys, internalDescriptors } = this.shell;
    if (!sys.descriptors().includes(fd)) {
      this.saved.push({ fd, copy: undefined });
      return;
    }
    const copy = sys.dup(fd, { from: 10 });
    internalDescriptors.add(copy);
    this.saved.push({ fd, copy });
  }

  restore(): void {
    if (this.shell.replaced) return;
    const { sys, internalDescriptors } = this.shell;
    for (const { fd, copy } of this.saved.splice(0).reverse()) {
      if (copy === undefined) closeQuietly(this.shell, fd);
      else {
        sys.dup(copy, { to: fd });
        sys.close(copy);
        internalDescriptors.delete(copy);
      }
    }
  }

  /** Makes the changes permanent, as `exec >file` does. */
  keep(): void {
    for (const { copy } of this.saved.splice(0)) {
      if (copy === undefined) continue;
      this.shell.sys.close(copy);
      this.shell.internalDescriptors.delete(copy);
    }
  }
}

/** Throws RedirectionError after putting back what it had changed. */
export function* applyRedirections(
  shell: Shell,
  redirections: readonly Redirection[],
): Blocking<SavedDescriptors> {
  const saved = new SavedDescriptors(shell);
  for (const redirection of redirections) {
    try {
      yield* applyOne(shell, redirection, saved);
    } catch (error) {
      // What was changed so far also holds for the message: `2>/dev/null <missing` is silent.
      if (error instanceof RefusedTarget) {
        yield* shell.reportError(error.text);
        saved.restore();
        throw new RedirectionError(shell.isBash ? 1 : 2);
      }
      saved.restore();
      throw error;
    }
  }
  return saved;
}

class RefusedTarget {
  constructor(readonly text: string) {}
}

const OPEN_FLAGS: Readonly<Record<string, OpenFlags>> = {
  "<": { read: true },
  ">": { write: true, create: true, truncate: true },
  ">|": { write: true, create: true, truncate: true },
  ">>": { write: true, create: true, append: true },
  "&>": { write: true, create: true, truncate: true },
  "&>>": { write: true, create: true, append: true },
  ">&": { write: true, create: true, truncate: true },
  "<>": { read: true, write: true, create: true },
};

function* applyOne(
  shell: Shell,
  redirection: Redirection,
  saved: SavedDescriptors,
): Blocking<void> {
  const input = redirection.operator.startsWith("<");
  const fallback = input ? 0 : 1;
  if (redirection.type === "HereDoc") {
    const text = yield* expandHereDocument(shell, redirection);
    yield* feedText(shell, text, redirection.descriptor, saved);
    return;
  }
  if (redirection.type === "HereString") {
    const text = redirection.target ? yield* expandToString(shell, redirection.target) : "";
    yield* feedText(shell, `${text}\n`, redirection.descriptor, saved);
    return;
  }
  const { operator } = redirection;
  const variable = redirection.descriptor?.type === "FileDescriptorVariable";
  const target = yield* expandTarget(shell, redirection);
  if (operator === "<&" || operator === ">&") {
    const done = duplicate(shell, redirection, target, fallback, saved);
    if (done) return;
  }
  const opened = yield* openTarget(shell, target, operator);
  const both = operator === "&>" || operator === "&>>" || operator === ">&";
  if (variable) {
    placeInVariable(shell, redirection.descriptor, opened);
    return;
  }
  const fd = both ? 1 : descriptorNumber(redirection.descriptor, fallback);
  saved.save(fd);
  place(shell, opened, fd);
  if (!both) return;
  saved.save(2);
  shell.sys.dup(1, { to: 2 });
}

function* expandTarget(shell: Shell, redirection: Redirect): Blocking<string> {
  const word = redirection.target as Word;
  const words = yield* expandWords(shell, [word]);
  if (words.length !== 1) throw new RefusedTarget(`${word.text}: ambiguous redirect`);
  return words[0] as string;
}

function descriptorNumber(descriptor: RedirectDescriptor | undefined, fallback: number): number {
  return descriptor?.type === "FileDescriptor" ? descriptor.value : fallback;
}

/** Moves a freshly opened descriptor to where it belongs. */
function place(shell: Shell, opened: number, fd: number): void {
  if (opened === fd) return;
  shell.sys.dup(opened, { to: fd });
  shell.sys.close(opened);
}

/** `{name}>file`: the shell picks a descriptor from 10 up and tells. */
function placeInVariable(
  shell: Shell,
  descriptor: RedirectDescriptor | undefined,
  opened: number,
): void {
  if (descriptor?.type !== "FileDescriptorVariable") return;
  const fd = shell.sys.dup(opened, { from: 10 });
  shell.sys.close(opened);
  shell.variables.set(descriptor.name, String(fd));
}

/** `>&2`, `<&3-`, `>&-`. False: the target is a file after all (`>&file`). */
function duplicate(
  shell: Shell,
  redirection: Redirect,
  target: string,
  fallback: number,
  saved: SavedDescriptors,
): boolean {
  const { descriptor } = redirection;
  if (target === "-") {
    let fd = descriptorNumber(descriptor, fallback);
    if (descriptor?.type === "FileDescriptorVariable") {
      fd = Number(shell.variables.value(descriptor.name));
      closeQuietly(shell, fd);
      return true;
    }
    saved.save(fd);
    closeQuietly(shell, fd);
    return true;
  }
  const move = /^(\d+)(-?)$/.exec(target);
  if (!move) {
    if (redirection.operator === ">&" && descriptor === undefined) return false;
    throw new RefusedTarget(`${redirection.target?.text ?? target}: ambiguous redirect`);
  }
  const from = Number(move[1]);
  if (!shell.sys.descriptors().includes(from) || shell.internalDescriptors.has(from)) {
    throw new RefusedTarget(`${from}: ${strerror("EBADF")}`);
  }
  if (descriptor?.type === "FileDescriptorVariable") {
    shell.variables.set(descriptor.name, String(shell.sys.dup(from, { from: 10 })));
    return true;
  }
  const fd = descriptorNumber(descriptor, fallback);
  if (fd !== from) {
    saved.save(fd);
    shell.sys.dup(from, { to: fd });
    if (move[2] === "-") {
      saved.save(from);
      closeQuietly(shell, from);
    }
  }
  return true;
}

function* openTarget(shell: Shell, target: string, operator: string): Blocking<number> {
  const network = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/.exec(target);
  if (network && shell.isBash) {
    const [, protocol, host, port] = network as unknown as [string, string, string, string];
    return yield* openSocket(shell, target, protocol, host, port);
  }
  const { sys } = shell;
  try {
    if (shell.options.has("noclobber") && (operator === ">" || operator === "&>")) {
      if (isRegularFile(shell, target)) {
        throw new RefusedTarget(
          shell.isBash
            ? `${target}: cannot overwrite existing file`
            : `cannot create ${target}: File exists`,
        );
      }
    }
    return sys.open(target, OPEN_FLAGS[operator] ?? { read: true }, 0o666);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new RefusedTarget(openError(shell, target, operator, error));
  }
}

function openError(shell: Shell, target: string, operator: string, error: KernelError): string {
  if (shell.isBash) return `${target}: ${strerror(error.errno)}`;
  const verb = operator === "<" ? "open" : "create";
  const missing = operator === "<" ? "No such file" : "Directory nonexistent";
  return `cannot ${verb} ${target}: ${error.errno === "ENOENT" ? missing : strerror(error.errno)}`;
}

function isRegularFile(shell: Shell, path: string): boolean {
  try {
    return shell.sys.stat(path).kind === "file";
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}

/** bash's own /dev/tcp/HOST/PORT and /dev/udp/HOST/PORT. */
function* openSocket(
  shell: Shell,
  target: string,
  protocol: string,
  host: string,
  port: string,
): Blocking<number> {
  const { sys } = shell;
  const ip = parseIpv4(host) ?? addressFromHosts(shell, host);
  if (ip === undefined) {
    yield* shell.reportError(`${host}: Name or service not known`);
    throw new RefusedTarget(`${target}: Invalid argument`);
  }
  const fd = sys.socket("inet", protocol === "tcp" ? "stream" : "dgram");
  try {
    yield* sys.connect(fd, { ip, port: Number(port) });
  } catch (error) {
    sys.close(fd);
    if (!(error instanceof KernelError)) throw error;
    // sys_error() of bash names no line.
    yield* shell.write(
      2,
      `${shell.frames.at(-1)?.file ?? shell.name}: connect: ${strerror(error.errno)}\n`,
      true,
    );
    throw new RefusedTarget(`${target}: ${strerror(error.errno)}`);
  }
  return fd;
}

function addressFromHosts(shell: Shell, host: string): ReturnType<typeof parseIpv4> {
  let hosts: string;
  try {
    hosts = shell.sys.readTextFile("/etc/hosts");
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
  for (const line of hosts.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    const ip = names.includes(host) ? parseIpv4(address ?? "") : undefined;
    if (ip !== undefined) return ip;
  }
  return undefined;
}

/** A pipe holds this much without a reader; longer texts go through a file. */
const PIPE_BYTES = 4096;

function* feedText(
  shell: Shell,
  text: string,
  descriptor: RedirectDescriptor | undefined,
  saved: SavedDescriptors,
): Blocking<void> {
  const { sys } = shell;
  const bytes = encodeBytes(text);
  let source: number;
  if (bytes.length <= PIPE_BYTES) {
    const pipe = sys.pipe();
    yield* sys.write(pipe.write, bytes);
    sys.close(pipe.write);
    source = pipe.read;
  } else {
    const path = `/tmp/sh-thd.${sys.random.uint32()}`;
    sys.writeFile(path, bytes, { mode: 0o600 });
    source = sys.open(path, { read: true });
    sys.unlink(path);
  }
  if (descriptor?.type === "FileDescriptorVariable") {
    placeInVariable(shell, descriptor, source);
    return;
  }
  const fd = descriptorNumber(descriptor, 0);
  saved.save(fd);
  place(shell, source, fd);
}

function closeQuietly(shell: Shell, fd: number): void {
  if (shell.sys.descriptors().includes(fd)) shell.sys.close(fd);
}

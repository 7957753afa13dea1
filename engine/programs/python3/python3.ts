import { formatIpv4, IPV4_ANY, type Ipv4, parseIpv4 } from "../../net/address.ts";
import { errnoNumber, KernelError, strerror } from "../../kernel/errno.ts";
import type { Program, ProgramDocs } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { serveConnections } from "../support/http-server.ts";
import { resolveHost } from "../support/resolve.ts";
import { SimpleHttp } from "./simple-http.ts";

const USAGE = "usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\n";

const HELP = `${USAGE}
positional arguments:
  port                  bind to this port (default: 8000)

options:
  -h, --help            show this help message and exit
  --cgi                 run as CGI server
  -b ADDRESS, --bind ADDRESS
                        bind to this address (default: all interfaces)
  -d DIRECTORY, --directory DIRECTORY
                        serve this directory (default: current directory)
  -p VERSION, --protocol VERSION
                        conform to this HTTP version (default: HTTP/1.0)
`;

/** request_queue_size of socketserver.TCPServer */
const BACKLOG = 5;
const DEFAULT_PORT = 8000;

const docs: ProgramDocs = {
  summary: "the file server of Python's standard library",
  synopsis: "python3 [-u] -m http.server [-b ADDRESS] [-d DIRECTORY] [port]",
  options: [
    ["-m http.server", "serve the files of a directory"],
    ["-u", "standard output unbuffered"],
    ["-V, --version", "the version"],
    ["-b, --bind ADDRESS", "listen on this address only"],
    ["-d, --directory DIRECTORY", "serve this directory"],
  ],
  examples: ["python3 -m http.server 8080"],
  limitations: ["The language itself is not modelled: everything but http.server is refused."],
};

interface ServerArguments {
  port: number;
  bind: string | undefined;
  directory: string | undefined;
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  let isUnbuffered = false;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at];
    if (word === "-V" || word === "--version") {
      yield* sys.print("Python 3.11.2\n");
      return 0;
    }
    if (word === "-u") isUnbuffered = true;
    else if (word === "-m" && argv[at + 1] === "http.server") {
      return yield* runServer(sys, argv.slice(at + 2), isUnbuffered);
    } else break;
  }
  yield* sys.printError("python3: Podwire does not model Python, only -m http.server\n");
  return 1;
}

function* runServer(sys: Sys, words: readonly string[], isUnbuffered: boolean): Blocking<number> {
  const args = parseArguments(words);
  if (typeof args === "string") {
    if (args === HELP) {
      yield* sys.print(HELP);
      return 0;
    }
    yield* sys.printError(`${USAGE}server.py: error: ${args}\n`);
    return 2;
  }
  const ip = yield* bindAddress(sys, args.bind);
  if (ip === undefined) {
    yield* sys.printError("socket.gaierror: [Errno -2] Name or service not known\n");
    return 1;
  }
  const listener = sys.socket("inet", "stream");
  sys.setsockopt(listener, "reuseAddress", true);
  try {
    sys.bind(listener, { ip, port: args.port });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(traceback(error));
    return 1;
  }
  sys.listen(listener, BACKLOG);
  const { port } = sys.getsockname(listener);
  const host = formatIpv4(ip);
  // Python keeps what it prints until the end, unless -u is given or a terminal reads it.
  let kept = `Serving HTTP on ${host} port ${port} (http://${host}:${port}/) ...\n`;
  if (isUnbuffered || sys.isatty(1)) {
    yield* sys.print(kept);
    kept = "";
  }
  let isInterrupted = false;
  sys.signal("SIGINT", () => {
    isInterrupted = true;
  });
  const server = new SimpleHttp(sys, absolute(sys, args.directory ?? "."));
  yield* serveConnections(
    sys,
    [listener],
    (fd, peer) => server.serve(fd, peer),
    () => isInterrupted,
  );
  yield* sys.print(`${kept}\nKeyboard interrupt received, exiting.\n`);
  return 0;
}

function absolute(sys: Sys, directory: string): string {
  const path = directory.startsWith("/") ? directory : `${sys.cwd()}/${directory}`;
  return path.replace(/\/\.?$/, "");
}

/** The arguments, the help text, or what is wrong. */
function parseArguments(words: readonly string[]): ServerArguments | string {
  const args: ServerArguments = { port: DEFAULT_PORT, bind: undefined, directory: undefined };
  let hasPort = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const [name = "", inline] = word.startsWith("--") ? word.split("=") : [word];
    const value = (): string | undefined => {
      if (inline !== undefined) return inline;
      at += 1;
      return words[at];
    };
    if (name === "-h" || name === "--help") return HELP;
    if (name === "-b" || name === "--bind") {
      args.bind = value();
      if (args.bind === undefined) return "argument -b/--bind: expected one argument";
    } else if (name === "-d" || name === "--directory") {
      args.directory = value();
      if (args.directory === undefined) return "argument -d/--directory: expected one argument";
    } else if (name === "--cgi" || name === "-p" || name === "--protocol") {
      return `Podwire does not model ${name}`;
    } else if (word.startsWith("-") || hasPort) return `unrecognized arguments: ${word}`;
    else if (!/^\d+$/.test(word)) return `argument port: invalid int value: '${word}'`;
    else {
      args.port = Number(word);
      hasPort = true;
    }
  }
  return args;
}

function* bindAddress(sys: Sys, text: string | undefined): Blocking<Ipv4 | undefined> {
  if (text === undefined) return IPV4_ANY;
  const ip = parseIpv4(text);
  if (ip !== undefined) return ip;
  const found = yield* resolveHost(sys, text);
  return found.ok ? found.addresses[0] : undefined;
}

function traceback(error: KernelError): string {
  return `Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "<frozen runpy>", line 88, in _run_code
  File "/usr/lib/python3.11/http/server.py", line 1309, in <module>
    test(
  File "/usr/lib/python3.11/http/server.py", line 1256, in test
    with ServerClass(addr, HandlerClass) as httpd:
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/socketserver.py", line 456, in __init__
    self.server_bind()
  File "/usr/lib/python3.11/http/server.py", line 1303, in server_bind
    return super().server_bind()
           ^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/http/server.py", line 136, in server_bind
    socketserver.TCPServer.server_bind(self)
  File "/usr/lib/python3.11/socketserver.py", line 472, in server_bind
    self.socket.bind(self.server_address)
${error.errno === "EACCES" ? "PermissionError" : "OSError"}: [Errno ${errnoNumber(error.errno)}] ${strerror(error.errno)}
`;
}

export const python3: Program = {
  name: "python3",
  package: "python3",
  directory: "/usr/bin",
  docs,
  main,
};

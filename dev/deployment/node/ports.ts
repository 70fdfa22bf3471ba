import type { Server } from "node:net";

/** Loopback only: a demo deployment signs with a public key pair and must not be reachable from outside. */
export const HOST = "127.0.0.1";

/** How many ports after the wanted one are tried before giving up. */
const ATTEMPTS = 50;
const HIGHEST_PORT = 65_535;

export interface ListenOptions {
  /** The wanted port; 0 takes any free one. */
  port: number;
  /** What listens there, for the message that names a taken port. */
  name: string;
  /** Receives one line for every taken port. Default: stderr. */
  warn?: ((line: string) => void) | undefined;
}

/**
 * Makes `server` listen on the wanted port or, if it is taken, on the next free one.
 *
 * @returns the port it listens on.
 */
export async function listen(
  server: Server,
  options: ListenOptions,
): Promise<number> {
  const warn =
    options.warn ?? ((line: string) => process.stderr.write(`${line}\n`));
  const last = Math.min(options.port + ATTEMPTS - 1, HIGHEST_PORT);
  for (let port = options.port; port <= last; port++) {
    if (await tryListen(server, port)) {
      const address = server.address();
      return typeof address === "object" && address !== null
        ? address.port
        : port;
    }
    warn(
      `${options.name}: port ${port} is taken${port < last ? `, trying ${port + 1}` : ""}`,
    );
  }
  throw new Error(
    `${options.name}: no free port from ${options.port} to ${last}`,
  );
}

function tryListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off("listening", onListening);
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    };
    const onListening = () => {
      server.off("error", onError);
      resolve(true);
    };
    server.once("error", onError);
    server.once("listening", onListening);
    server.listen(port, HOST);
  });
}

// `--openmetrics PORT`: the stream counted, for a scraper on this machine: http://127.0.0.1:PORT/metrics. Nobody else can reach it.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type ConsoleItem, StreamMetrics } from "../../serial/serial.ts";
import { error } from "../errors.ts";
import type { StreamSink } from "./sink.ts";

const contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export async function openMetricsServer(port: number): Promise<StreamSink & { readonly url: string }> {
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw error("usage", { problem: `--openmetrics ${port}: a port from 0 to 65535 is expected` });
  const metrics = new StreamMetrics();
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD")
      return response.writeHead(405, { allow: "GET, HEAD" }).end();
    if (path !== "/metrics" && path !== "/") return response.writeHead(404).end();
    const body = metrics.text();
    return response.writeHead(200, { "content-type": contentType }).end(request.method === "HEAD" ? undefined : body);
  });
  await listening(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    take: (items: readonly ConsoleItem[]) => metrics.take(items),
    connected: (isConnected) => void (metrics.connected = isConnected),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      return undefined;
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "the port is taken" : cause.message;
      reject(error("no-port", { port, why }));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}
